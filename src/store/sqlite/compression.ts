import { promisify } from 'node:util';
import { brotliCompress, brotliDecompressSync, constants, crc32, type BrotliOptions } from 'node:zlib';
import pLimit from 'p-limit';
import { Damaged } from './damage.js';

const brotli = promisify<Uint8Array, BrotliOptions, Buffer>(brotliCompress);

/**
 * How hard brotli tries, and how far back it looks, in bits. With both grows the memory that it gets for each
 * blob and gives back, and what the allocator then keeps for each thread of the pool: at quality 7, or with
 * windows of a megabyte, that is 60 MB and more for texts alone.
 */
export const Effort = {
  /** Larger windows make columns larger. */
  columns: { quality: 5, window: 16 },
  /** A single plane, in which there is little to find. */
  plane: { quality: 2, window: 16 },
  /** What records have for themselves, and what the dictionary has. */
  lines: { quality: 6, window: 18 },
} as const;
type Effort = (typeof Effort)[keyof typeof Effort];

/**
 * A compressor gives its memory back, some 3 MB, when the event loop comes to it, not when it is done: as many at once
 * as there are blobs held 50 MB while flows were counted.
 */
const inTurn = pLimit(2);

/**
 * In the thread pool, in one go: with the default of 16 KiB of output at a time, every piece would
 * wait for a turn of the event loop.
 */
export function compress(bytes: Uint8Array, { quality, window }: Effort): Promise<Buffer> {
  const options = {
    chunkSize: Math.max(4096, bytes.byteLength >> 2),
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: window,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  };
  return inTurn(() => brotli(bytes, options));
}

/** CRC-32 of blobs one after another: it finds every damage of up to 32 bits in a row, and nearly all other. */
export function checksumOf(...blobs: readonly Uint8Array[]): number {
  return blobs.reduce((checksum, blob) => crc32(blob, checksum), 0);
}

/** Throws `Damaged` where the blobs are not what was written; those without a checksum are believed. */
export function refuseChanged(checksum: number | null, ...blobs: readonly Uint8Array[]): void {
  if (checksum !== null && checksumOf(...blobs) !== checksum) {
    throw new Damaged('its bytes are not those that were written');
  }
}

/** `expected`: about how many bytes come out. */
export function decompress(bytes: Uint8Array, expected = 1 << 18): Buffer {
  try {
    return brotliDecompressSync(bytes, { chunkSize: Math.max(64, expected) });
  } catch (error) {
    throw new Damaged(`it cannot be unpacked (${error instanceof Error ? error.message : String(error)})`);
  }
}
