import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RunIndex } from './run-index.js';
import { secondOf, TimeRuns } from './time-runs.js';

const seconds = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.integer({ min: 1_780_000_000, max: 1_780_000_400 }),
  fc.integer({ min: -9_000_000_000, max: 9_000_000_000 }),
);
const run = fc.tuple(seconds, fc.oneof(fc.nat(5), fc.nat(400), fc.nat(1e9))).map(([first, length]) => ({
  first,
  last: first + length,
}));

describe('the runs of all segments', () => {
  it('are found by the seconds in them, and the answer holds for as long as it says', () => {
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 40 }),
        fc.array(seconds),
        fc.func(fc.boolean()),
        (runs, asked, isGone) => {
          const index = new RunIndex();
          for (const [segment, one] of runs.entries()) index.add(segment, one);
          const check = (held: readonly number[]) => {
            const naive = (second: number) =>
              held.filter((i) => runs[i]!.first <= second && runs[i]!.last >= second);
            for (const second of [
              ...asked,
              ...runs.flatMap(({ first, last }) => [first - 1, first, last, last + 1]),
            ]) {
              const found = index.find(second);
              expect(found.segments.sort((a, b) => a - b)).toEqual(naive(second));
              expect(found.first).toBeLessThanOrEqual(second);
              expect(found.last).toBeGreaterThanOrEqual(second);
              for (const edge of [found.first, found.last]) {
                if (Number.isFinite(edge)) expect(naive(edge)).toEqual(naive(second));
              }
            }
          };
          const all = [...runs.keys()];
          check(all);
          const gone = new Set(all.filter((i) => isGone(i)));
          index.remove(gone);
          check(all.filter((i) => !gone.has(i)));
        },
      ),
    );
  });
});

describe('the runs of one segment', () => {
  it('cover every second told, in order, far apart from each other, and are few', () => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 200 }), (told) => {
        const times = new TimeRuns();
        for (const second of told) times.add(second);
        const { runs } = times;
        for (const second of told) {
          expect(runs.filter(({ first, last }) => first <= second && second <= last)).toHaveLength(1);
        }
        for (const [i, { first }] of runs.entries()) {
          expect(told).toContain(first);
          if (i > 0) expect(first - runs[i - 1]!.last).toBeGreaterThan(60);
        }
        expect(runs.length).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('of two sources that are hours apart are two', () => {
    const times = new TimeRuns();
    for (let i = 0; i < 600; i++) times.add((i % 2) * 7_200 + (i >> 1));
    expect(times.runs).toEqual([
      { first: 0, last: 299 },
      { first: 7_200, last: 7_499 },
    ]);
  });
});

describe('the second of a time', () => {
  it('never goes back when time goes on, and is off by at most a microsecond', () => {
    const time = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
    fc.assert(
      fc.property(time, time, (a, b) => {
        if (a <= b) expect(secondOf(a)).toBeLessThanOrEqual(secondOf(b));
        const exact = (t: bigint) =>
          Number((t - (((t % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n);
        expect([exact(a), exact(a + 1_024n)]).toContain(secondOf(a));
      }),
    );
  });
});
