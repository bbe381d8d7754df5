import { promisify } from 'node:util';
import { brotliCompress, brotliDecompressSync, constants, type BrotliOptions } from 'node:zlib';

const brotli = promisify<Uint8Array, BrotliOptions, Buffer>(brotliCompress);

/**
 * In the thread pool, in one go: with the default of 16 KiB of output at a time, every piece would
 * wait for a turn of the event loop.
 */
export function compress(bytes: Uint8Array): Promise<Buffer> {
  return brotli(bytes, {
    chunkSize: Math.max(4096, bytes.byteLength >> 2),
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: windowBits(bytes.byteLength),
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  });
}

/** No larger than the input: the compressor reserves memory by it, which is not free to get. */
function windowBits(length: number): number {
  return Math.min(22, Math.max(16, 32 - Math.clz32(length)));
}

/** Above it, hardly smaller and much slower (`npm run bench`). */
const QUALITY = 5;

export function decompress(bytes: Uint8Array): Buffer {
  return brotliDecompressSync(bytes, { chunkSize: 1 << 18 });
}
