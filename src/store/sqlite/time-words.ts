/**
 * Times as words of 32 bits, the lower one first: a bigint would have to be made of each that is looked at. Places are
 * those of lower words, so twice those of the times.
 */
export function timeWords(times: BigInt64Array): Int32Array {
  return new Int32Array(times.buffer, times.byteOffset, times.length * 2);
}

export function isBefore(a: Int32Array, atA: number, b: Int32Array, atB: number): boolean {
  const [highA, highB] = [a[atA + 1] ?? 0, b[atB + 1] ?? 0];
  return highA === highB ? (a[atA] ?? 0) >>> 0 < (b[atB] ?? 0) >>> 0 : highA < highB;
}

export function copyTime(from: Int32Array, atFrom: number, to: Int32Array, atTo: number): void {
  to[atTo] = from[atFrom] ?? 0;
  to[atTo + 1] = from[atFrom + 1] ?? 0;
}
