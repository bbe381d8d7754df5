import type { TextDating } from '../ingest/ingest.schema.js';

/** Text that Hubble printed names no year: that of the last write to its file tells it. */
export function datingOf(modified: string): TextDating {
  return { written: new Date(millisecondsOf(modified)).toISOString() };
}

/** Of nanoseconds. */
export function millisecondsOf(modified: string): number {
  return Number(BigInt(modified) / 1_000_000n);
}
