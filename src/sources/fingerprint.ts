import { createHash } from 'node:crypto';

/** Enough for a time, a uuid and two endpoints, so that no two logs begin with the same. */
export const PRINT_BYTES = 1024;

/** Tells whether a stretch of bytes is the one read before, whatever file it lies in now. */
export interface Fingerprint {
  bytes: number;
  hash: string;
}

export function fingerprintOf(bytes: Buffer): Fingerprint {
  return { bytes: bytes.length, hash: createHash('sha256').update(bytes).digest('base64url').slice(0, 22) };
}

export function startsWith(bytes: Buffer, print: Fingerprint): boolean {
  return bytes.length >= print.bytes && fingerprintOf(bytes.subarray(0, print.bytes)).hash === print.hash;
}

/** The last bytes of `before` and `chunk` together, as many as a fingerprint takes. */
export function lastBytes(before: Buffer, chunk: Buffer): Buffer {
  if (chunk.length >= PRINT_BYTES) return Buffer.from(chunk.subarray(-PRINT_BYTES));
  return Buffer.concat([before, chunk]).subarray(-PRINT_BYTES);
}
