import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';

export interface Input {
  name: string;
  stream: Readable;
  /** 0 where it is not known beforehand. */
  bytes: number;
}

/** A file, or standard input for `-`. */
export function openInput(file: string): Input {
  if (file === '-') return { name: 'standard input', stream: process.stdin, bytes: 0 };
  const stats = statSync(file);
  if (stats.isDirectory()) throw new Error(`${file} is a folder; name its files, for example ${file}/*.log`);
  return { name: file, stream: createReadStream(file, { highWaterMark: 1 << 20 }), bytes: stats.size };
}
