import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import { Damaged } from './damage.js';

/**
 * How hard brotli tries, and how far back it looks, in bits. With both grows the memory that it gets for each
 * blob and gives back, and what the allocator then keeps: at quality 7, or with windows of a megabyte, much more.
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
 * At once, as whoever compresses has a thread for such work, which lets the thread that answers go first. Those of the
 * thread pool would not, and it is no quicker with them: the thread that reads records takes longer than both.
 */
export function compress(bytes: Uint8Array, { quality, window }: Effort): Buffer {
  return brotliCompressSync(bytes, {
    chunkSize: Math.max(4096, bytes.byteLength >> 2),
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: window,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  });
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
