import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, Latencies } from '../latencies.js';
import { Groups, keyOf, type Observation } from './groups.js';

const observation = fc.record({
  values: fc.tuple(fc.constantFrom('a', 'b', 'c', '1:a', ''), fc.constantFrom('x', 'y', 'x1:', '')),
  count: fc.integer({ min: 1, max: 3 }),
  weight: fc.integer({ min: 1, max: 5 }),
  first: fc.bigInt({ min: 0n, max: 100n }),
  last: fc.bigInt({ min: 100n, max: 200n }),
});
const once = { weight: 1, first: 0n, last: 0n };

function groupsOf(observations: readonly Observation[], most?: number, buckets?: number): Groups {
  const groups = new Groups(most, buckets);
  for (const one of observations) groups.add(one);
  return groups;
}

describe('groups', () => {
  it('are what adding up by hand gives, the most frequent first', () => {
    fc.assert(
      fc.property(fc.array(observation), fc.integer({ min: 1, max: 30 }), (observations, most) => {
        const { top, leftOut, folded } = groupsOf(observations).rank(most);
        expect(top).toEqual(groupsOf(observations).rank(Infinity).top.slice(0, most));
        for (const { values, count, flows, first, last } of top) {
          const mine = observations.filter((one) => one.values.join('|') === values.join('|'));
          const ends = mine.flatMap(({ first, last }) => [first, last]).sort((a, b) => Number(a - b));
          expect({ count, flows, first, last }).toEqual({
            count: mine.reduce((sum, { count }) => sum + count, 0),
            flows: mine.reduce((sum, { weight }) => sum + weight, 0),
            first: ends[0],
            last: ends.at(-1),
          });
        }
        expect(top.map(({ count }) => count)).toEqual(top.map(({ count }) => count).sort((a, b) => b - a));
        const distinct = new Set(observations.map(({ values }) => values.join('|')));
        expect(top.length + leftOut.groups).toBe(distinct.size);
        expect(top.reduce((sum, { count }) => sum + count, leftOut.count)).toBe(
          observations.reduce((sum, { count }) => sum + count, 0),
        );
        expect(top.reduce((sum, { flows }) => sum + flows, leftOut.flows)).toBe(
          observations.reduce((sum, { weight }) => sum + weight, 0),
        );
        expect(folded).toBeUndefined();
      }),
    );
  });

  it('hold no more than they may, lose no record, and say how far a count may be short', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 400 }), (numbers) => {
        const most = 8;
        const groups = groupsOf(
          numbers.map((n) => ({ values: [String(Math.min(n, 40))], ...once })),
          most,
        );
        const { top, folded } = groups.rank(Infinity);
        expect(top.length).toBeLessThanOrEqual(2 * most);
        expect(top.reduce((sum, { count }) => sum + count, folded?.count ?? 0)).toBe(numbers.length);
        for (const { values, count } of top) {
          const truly = numbers.filter((n) => String(Math.min(n, 40)) === values[0]).length;
          expect(count).toBeLessThanOrEqual(truly);
          expect(count + (folded?.atMost ?? 0)).toBeGreaterThanOrEqual(truly);
        }
      }),
    );
  });

  it('keep the largest through any number of small ones', () => {
    const groups = new Groups(10);
    for (let i = 0; i < 10_000; i++) {
      groups.add({ values: [`small-${i}`], ...once });
      if (i % 3 === 0) groups.add({ values: ['large'], ...once });
    }
    const { top, folded } = groups.rank(1);
    expect(top[0]?.values).toEqual(['large']);
    expect(top[0]!.count).toBe(3_334);
    expect(folded?.groups).toBeGreaterThan(9_000);
  });

  it('tell values apart whatever stands in them', () => {
    expect(keyOf(['a', 'b1:c'])).not.toBe(keyOf(['a1:b', 'c']));
    expect(keyOf(['', 'a'])).not.toBe(keyOf(['a', '']));
  });

  it('count latencies as far as there is room, and say how many were left out', () => {
    const names = Array.from({ length: 100 }, (_, i) => [String(i)]);
    const answers = (i: number) => {
      const latencies = new Latencies();
      latencies.add(bucketOf(1_000_000), 1, i < 7 ? 1 : 0);
      return { count: 1, latencies };
    };
    const groups = groupsOf(
      names.map((values, i) => ({ values, ...once, answers: answers(i) })),
      1_000,
      60,
    );
    const { top, unmeasured } = groups.rank(Infinity);
    expect(top.filter(({ latencies }) => latencies?.measured === 1)).toHaveLength(60);
    expect(unmeasured).toBe(40);
    expect(top.reduce((sum, { latencies }) => sum + (latencies?.paired ?? 0), 0)).toBe(7);
    expect(top.every(({ answers: of }) => of === 1)).toBe(true);
  });
});
