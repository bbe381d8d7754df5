import { open } from 'node:fs/promises';
import { piecesOf } from '../ingest/file-pieces.js';

export interface Input {
  name: string;
  /** Each is only good until the next is asked for. */
  pieces: AsyncIterable<Buffer>;
  /** 0 where it is not known beforehand. */
  bytes: number;
  /** When it was last written to, in RFC 3339; undefined for standard input. */
  written: string | undefined;
}

/** A file, or standard input for `-`. */
export async function withInput<T>(file: string, use: (input: Input) => Promise<T>): Promise<T> {
  if (file === '-')
    return use({ name: 'standard input', pieces: process.stdin, bytes: 0, written: undefined });
  const handle = await open(file);
  try {
    const stats = await handle.stat();
    if (stats.isDirectory())
      throw new Error(`${file} is a folder; name its files, for example ${file}/*.log`);
    return await use({
      name: file,
      pieces: piecesOf(handle),
      bytes: stats.size,
      written: stats.mtime.toISOString(),
    });
  } finally {
    await handle.close();
  }
}
