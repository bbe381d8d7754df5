import { promisify } from 'node:util';
import { brotliCompress, brotliDecompressSync, constants, crc32, type BrotliOptions } from 'node:zlib';
import { Damaged } from './damage.js';

const brotli = promisify<Uint8Array, BrotliOptions, Buffer>(brotliCompress);

/**
 * In the thread pool, in one go: with the default of 16 KiB of output at a time, every piece would
 * wait for a turn of the event loop.
 */
export function compress(bytes: Uint8Array, quality: Quality = Quality.usual): Promise<Buffer> {
  return brotli(bytes, {
    chunkSize: Math.max(4096, bytes.byteLength >> 2),
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: windowBits(bytes.byteLength),
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  });
}

/** No larger than the input: the compressor reserves memory by it, which is not free to get. */
function windowBits(length: number): number {
  return Math.min(22, Math.max(16, 32 - Math.clz32(length)));
}

/** How hard brotli tries. */
export const Quality = {
  /** Of a single plane, in which there is little to find. */
  plane: 2,
  /** Above it, hardly smaller and much slower (`npm run bench`). */
  usual: 5,
  /** Of texts that records have for themselves: some 5 % smaller, for half as much time again. */
  texts: 7,
} as const;
export type Quality = (typeof Quality)[keyof typeof Quality];

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
