import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';

export interface Input {
  name: string;
  stream: Readable;
  /** 0 where it is not known beforehand. */
  bytes: number;
  /** When it was last written to, in RFC 3339; undefined for standard input. */
  written: string | undefined;
}

/** A file, or standard input for `-`. */
export function openInput(file: string): Input {
  if (file === '-') return { name: 'standard input', stream: process.stdin, bytes: 0, written: undefined };
  const stats = statSync(file);
  if (stats.isDirectory()) throw new Error(`${file} is a folder; name its files, for example ${file}/*.log`);
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  return { name: file, stream, bytes: stats.size, written: stats.mtime.toISOString() };
}
