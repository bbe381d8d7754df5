import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { readBytes } from './files.mjs';

/** Bytes that `gzip -6` makes of the file. */
export async function gzipped(file, end) {
  return sizeOf(readBytes(file, { end }), zlib.createGzip({ level: 6 }));
}

/** Bytes that `zstd -19` makes of the file; undefined where neither Node.js nor the system has zstd. */
export async function zstandard(file, end) {
  if (typeof zlib.createZstdCompress === 'function') {
    const params = { [zlib.constants.ZSTD_c_compressionLevel]: 19 };
    return sizeOf(readBytes(file, { end }), zlib.createZstdCompress({ params }));
  }
  const child = spawn('zstd', ['-19', '-T0', '-q', '-c'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const missing = new Promise((resolve, reject) => {
    child.on('error', (error) => (error.code === 'ENOENT' ? resolve(undefined) : reject(error)));
  });
  const size = Promise.all([counted(child.stdout), pipeline(readBytes(file, { end }), child.stdin)]);
  // Without the program, its pipes fail too; that it is missing says enough.
  size.catch(() => undefined);
  return Promise.race([missing, size.then(([bytes]) => bytes)]);
}

async function sizeOf(input, compressor) {
  const [bytes] = await Promise.all([counted(compressor), pipeline(input, compressor)]);
  return bytes;
}

async function counted(stream) {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}
