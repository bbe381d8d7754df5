import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes read at once. */
const CHUNK = 1 << 20;

/** From the start of the file up to, without, byte `end`. */
export const readBytes = (file, { start = 0, end } = {}) =>
  createReadStream(file, { highWaterMark: CHUNK, start, ...(end === undefined ? {} : { end: end - 1 }) });

/** Where line number `count` ends: the bytes of the lines up to it. Throws when there are fewer. */
export async function bytesOfLines(file, count) {
  let [lines, before] = [0, 0];
  for await (const chunk of readBytes(file)) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
      if (++lines === count) return before + at + 1;
    }
    before += chunk.length;
  }
  throw new Error(`${file} has ${lines} lines, fewer than ${count}`);
}

/** Bytes of all files of a folder; a database is more than one while it is open. */
export async function sizeOfFolder(folder) {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
