import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes read at once. */
const CHUNK = 1 << 20;

/** From the start of the file up to, without, byte `end`. */
export const readBytes = (file, { start = 0, end } = {}) =>
  createReadStream(file, { highWaterMark: CHUNK, start, ...(end === undefined ? {} : { end: end - 1 }) });

/** The same for who has done with each piece before it asks for the next: it is read into one and the same buffer. */
export async function* readInPlace(file, { end = Infinity } = {}) {
  const handle = await open(file);
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  try {
    for (let at = 0; at < end;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(CHUNK, end - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

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
