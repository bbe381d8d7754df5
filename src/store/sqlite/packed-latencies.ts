import { LAST_BUCKET, Latencies } from '../../domain/latencies.js';
import { Damaged } from './damage.js';

/**
 * As they rest in `edge_hour`: for each bucket, the fastest first, by how much its number is greater than the one
 * before, and how many are in it. Where some were found by pairing, a step of 0 comes first, and how many. All in groups of seven bits, the lowest first, with the eighth set where more follow.
 */
export function packLatencies(latencies: Latencies): Buffer {
  const bytes: number[] = [];
  let before = 0;
  if (latencies.paired > 0) {
    pushNumber(bytes, 0);
    pushNumber(bytes, latencies.paired);
  }
  for (const [bucket, count] of latencies.counts()) {
    pushNumber(bytes, bucket - before);
    pushNumber(bytes, count);
    before = bucket;
  }
  return Buffer.from(bytes);
}

export function unpackLatencies(packed: Uint8Array): Latencies {
  const latencies = new Latencies();
  let bucket = 0;
  let paired = 0;
  for (let at = 0; at < packed.length;) {
    const [step, afterStep] = numberAt(packed, at);
    const [count, afterCount] = numberAt(packed, afterStep);
    bucket += step;
    if (bucket > LAST_BUCKET) throw new Damaged(`latencies of an hour have no bucket ${bucket}`);
    if (step > 0) latencies.add(bucket, count, paired);
    paired = step > 0 ? 0 : count;
    at = afterCount;
  }
  return latencies;
}

function pushNumber(bytes: number[], number: number): void {
  let rest = number;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

/** The number, and where the next one begins. */
function numberAt(bytes: Uint8Array, from: number): [number: number, next: number] {
  let number = 0;
  for (let at = from, unit = 1; at < bytes.length && unit <= 2 ** 42; at++, unit *= 0x80) {
    const byte = bytes[at] ?? 0;
    number += (byte & 0x7f) * unit;
    if (byte < 0x80) return [number, at + 1];
  }
  throw new Damaged('latencies of an hour end in the middle');
}
