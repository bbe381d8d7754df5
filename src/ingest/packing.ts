/** How a file begins that gzip made, as every member of it does (RFC 1952, section 2.3.1). */
export function isGzip(head: Buffer): boolean {
  return head.length >= 2 && head.readUInt16BE(0) === 0x1f8b;
}

/** A frame of Zstandard, or one to be passed over, as pzstd writes them in front (RFC 8878, section 3.1). */
export function isZstandard(head: Buffer): boolean {
  if (head.length < 4) return false;
  const magic = head.readUInt32LE(0);
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5;
}
