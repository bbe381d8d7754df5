import type { FileHandle } from 'node:fs/promises';

const PIECE = 512 << 10;

/**
 * What a file has from a byte on, or from where it stands, as a pipe has no other place. Each piece is only good until
 * the next is asked for: all are read into the same memory. That of new ones would lie outside of V8's heap, which has
 * it collect all of the heap again and again: a second of processor time for a gigabyte.
 */
export async function* piecesOf(handle: FileHandle, from?: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(PIECE);
  for (let at = from ?? null; ;) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    if (at !== null) at += bytesRead;
  }
}
