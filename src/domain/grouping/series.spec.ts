import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketAt, bucketsOf, Series } from './series.js';

describe('buckets', () => {
  it('begin at multiples of their length, and hold every time between first and last', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: 10n ** 6n }),
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        (first, length, step) => {
          const buckets = bucketsOf(first, first + length, step);
          expect(buckets.from % step).toBe(0n);
          expect(bucketAt(buckets, first)).toBe(0);
          expect(bucketAt(buckets, first + length)).toBe(buckets.count - 1);
          expect(buckets.from <= first).toBe(true);
        },
      ),
    );
  });
});

describe('a series', () => {
  it('counts each value in its buckets, and the others together', () => {
    const series = new Series(3, 9);
    const told: [string, number][] = [
      ['a', 0],
      ['b', 1],
      ['a', 0],
      ['c', 2],
      ['c', 1],
    ];
    for (const [value, bucket] of told) series.add(value, bucket);
    expect({ a: series.of('a'), other: series.without(new Set(['a'])), none: series.of('d') }).toEqual({
      a: [2, 0, 0],
      other: [0, 2, 1],
      none: [0, 0, 0],
    });
    expect(series.isWhole).toBe(true);
    series.add('d', 0);
    expect(series.isWhole).toBe(false);
  });
});
