import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RowCounter, type SeenRows } from './row-counter.js';
import { floor } from './trait-minutes.js';

const minute = 60_000_000_000n;
const time = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n * minute }),
  fc.bigInt({ min: -(1n << 62n), max: 1n << 62n }),
);
const row = fc.record({ key: fc.nat(5), time, weight: fc.integer({ min: 1, max: 3 }) });
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;
const step = fc.option(fc.constantFrom(1n, 7n, 1_000n, minute, 60n * minute, 400n * 24n * 60n * minute), {
  nil: undefined,
});

function seen(rows: readonly Row[]): SeenRows {
  const times = BigInt64Array.from(rows, (each) => each.time);
  return {
    rows: Uint32Array.from(rows.keys()),
    keys: Int32Array.from(rows, ({ key }) => key),
    times,
    earliest: rows.reduce((least, each) => (each.time < least ? each.time : least), rows[0]?.time ?? 0n),
    weights: rows.map(({ weight }) => weight),
    answers: [],
  };
}

/** One by one, with bigints. */
function naive(rows: readonly Row[], step: bigint | undefined): string[] {
  const sums = new Map<string, { key: number; count: number; flows: number; first: bigint; last: bigint }>();
  for (const { key, time, weight } of rows) {
    const name = `${key} ${step === undefined ? '' : floor(time, step)}`;
    const sum = sums.get(name) ?? { key, count: 0, flows: 0, first: time, last: time };
    sums.set(name, sum);
    sum.count++;
    sum.flows += weight;
    if (time < sum.first) sum.first = time;
    if (time > sum.last) sum.last = time;
  }
  return [...sums.values()].map((sum) => Object.values(sum).join(' ')).sort();
}

describe('rows that are counted', () => {
  it('are added up by key and bucket as one by one, over several segments and at any time', () => {
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 30 }), { maxLength: 4 }), step, (segments, step) => {
        const counter = new RowCounter(step);
        for (const rows of segments) counter.add(seen(rows));
        const counts = counter.counts((key) => [key]);
        expect(
          counts
            .map(({ key, count, flows, first, last }) => [...key, count, flows, first, last].join(' '))
            .sort(),
        ).toEqual(naive(segments.flat(), step));
      }),
      { numRuns: 1_000 },
    );
  });
});
