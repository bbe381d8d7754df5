import { promisify } from 'node:util';
import { brotliCompress, brotliDecompressSync, constants, type BrotliOptions } from 'node:zlib';

const brotli = promisify<Uint8Array, BrotliOptions, Buffer>(brotliCompress);

/**
 * In the thread pool, in one go: with the default of 16 KiB of output at a time, every piece would
 * wait for a turn of the event loop.
 */
export function compress(bytes: Uint8Array): Promise<Buffer> {
  return brotli(bytes, {
    chunkSize: Math.max(4096, bytes.byteLength >> 1),
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  });
}

/** Above it, hardly smaller and much slower (`npm run bench`). */
const QUALITY = 5;

export function decompress(bytes: Uint8Array): Buffer {
  return brotliDecompressSync(bytes, { chunkSize: 1 << 18 });
}
