import type { Traits } from '../../domain/flow/flow.js';
import type { Segment } from './segment.js';
import { Numbers } from './trait-minutes.js';

/** The answers of a segment, added up by traits and bucket of latency: list by list those of one bucket. */
export interface TraitAnswers {
  /** Which there are, and of each bucket the number of its own. */
  traits: readonly Traits[];
  number: Uint32Array;
  /** 0 is of those that were not measured. */
  bucket: Uint16Array;
  count: Uint32Array;
  /** How many of them were found by pairing. */
  paired: Uint32Array;
}

export function bytesOfAnswers({ number }: TraitAnswers): number {
  return number.length * 14;
}

/** More than there are buckets. */
const BUCKETS = 1 << 12;

export function traitAnswersOf(segment: Segment): TraitAnswers {
  const { columns, parts, info } = segment;
  const traits = new Numbers<Traits>();
  const sums = new Map<number, { count: number; paired: number }>();
  for (let row = 0; row < info.flows; row++) {
    const bucket = segment.answer(row);
    if (bucket < 0) continue;
    const key = traits.of(parts.template(columns.template[row] ?? 0).traits) * BUCKETS + bucket;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { count: 0, paired: 0 }));
    sum.count++;
    if (segment.isPaired(row)) sum.paired++;
  }
  const [keys, all] = [[...sums.keys()], [...sums.values()]];
  return {
    traits: traits.parts,
    number: Uint32Array.from(keys, (key) => Math.floor(key / BUCKETS)),
    bucket: Uint16Array.from(keys, (key) => key % BUCKETS),
    count: Uint32Array.from(all, ({ count }) => count),
    paired: Uint32Array.from(all, ({ paired }) => paired),
  };
}
