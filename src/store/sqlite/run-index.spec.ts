import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RunIndex } from './run-index.js';
import { secondOf, Slices, TimeRuns } from './time-runs.js';

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
        fc.nat(40),
        fc.nat(40),
        (runs, asked, from, to) => {
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
              expect(found.slices.sort((a, b) => a - b)).toEqual(naive(second));
              expect(found.first).toBeLessThanOrEqual(second);
              expect(found.last).toBeGreaterThanOrEqual(second);
              for (const edge of [found.first, found.last]) {
                if (Number.isFinite(edge)) expect(naive(edge)).toEqual(naive(second));
              }
            }
          };
          const all = [...runs.keys()];
          check(all);
          index.remove(from, to);
          check(all.filter((i) => i < from || i > to));
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

describe('the slices of a segment', () => {
  it('cover the second of each of their rows, and have rows enough', () => {
    const many = fc.array(fc.tuple(seconds, fc.nat(3), fc.integer({ min: 1, max: 900 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(many, (parts) => {
        const told = parts.flatMap(([start, step, rows]) =>
          Array.from({ length: rows }, (_, i) => start + step * i),
        );
        const slices = new Slices();
        for (const [row, second] of told.entries()) slices.add(row, second);
        const ended = slices.slices;
        expect(ended[0]?.firstRow).toBe(0);
        for (const [i, { firstRow, runs }] of ended.entries()) {
          const end = ended[i + 1]?.firstRow ?? told.length;
          if (i + 1 < ended.length) expect(end - firstRow).toBeGreaterThanOrEqual(512);
          const isIn = (second: number) => runs.some(({ first, last }) => first <= second && second <= last);
          expect(told.slice(firstRow, end).filter((second) => !isIn(second))).toEqual([]);
        }
      }),
    );
  });

  it('are one where flows are dense, also of two times, and many where they are of hours', () => {
    const sliced = (secondAt: (row: number) => number) => {
      const slices = new Slices();
      for (let row = 0; row < 8_192; row++) slices.add(row, secondAt(row));
      return slices.slices.length;
    };
    expect(sliced((row) => row >> 11)).toBe(1);
    expect(sliced((row) => (row >> 12) + (row % 2) * 7_200)).toBe(1);
    expect(sliced((row) => row)).toBe(16);
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
