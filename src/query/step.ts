import { FlowatlasError } from '../domain/errors.js';
import { parseDuration, type Window } from '../domain/filter/window.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { bucketsOf, type Buckets } from '../domain/grouping/series.js';

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
/** What people read well off an axis. */
const ROUND = [
  ...[1n, 5n, 10n, 30n].map((n) => n * SECOND),
  ...[1n, 5n, 10n, 30n].map((n) => n * MINUTE),
  ...[1n, 3n, 6n, 12n].map((n) => n * HOUR),
  ...[1n, 7n, 28n].map((n) => n * DAY),
];
/** Buckets where no step is given, and at most. */
export interface BucketLimits {
  few: number;
  most: number;
}

/** Buckets over what is held of the window; none where nothing is. */
export function heldBuckets(
  { first, last }: { first: bigint | undefined; last: bigint | undefined },
  { since, until }: Window,
  text: string | undefined,
  { few, most }: BucketLimits = { few: 120, most: 5_000 },
): Buckets {
  const given = text === undefined ? undefined : readStep(text);
  const none = { from: 0n, step: given ?? MINUTE, count: 0 };
  if (first === undefined || last === undefined) return none;
  const from = since !== undefined && since > first ? since : first;
  const to = until !== undefined && until < last ? until : last;
  if (from > to) return none;
  const step = given ?? roundStep(from, to, few);
  const buckets = bucketsOf(from, to, step);
  if (buckets.count <= most) return buckets;
  const span = `from ${formatTimestamp(from)} to ${formatTimestamp(to)}`;
  throw refusal(
    `${text ?? step} would make ${buckets.count} buckets ${span}, and at most ${most} are told; give a longer step, or since and until`,
  );
}

function roundStep(from: bigint, to: bigint, few: number): bigint {
  const fits = ROUND.find((step) => bucketsOf(from, to, step).count <= few);
  // Centuries: a clock went wrong somewhere.
  return fits ?? ((to - from) / BigInt(few - 2) / DAY + 1n) * DAY;
}

function readStep(text: string): bigint {
  const step = parseDuration(text);
  if (step !== undefined && step > 0n) return step;
  throw refusal(`${JSON.stringify(text.slice(0, 50))} is no duration such as 30s, 1m or 1h`);
}

function refusal(reason: string): FlowatlasError {
  return new FlowatlasError('invalid_parameter', `step: ${reason}`, 'step');
}
