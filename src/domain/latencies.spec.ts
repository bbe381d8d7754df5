import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, Latencies, Room } from './latencies.js';

describe('latencies', () => {
  it('have percentiles that are at most 1 % off', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3_600_000_000_000 }), { minLength: 1 }),
        fc.constantFrom(0.5, 0.95, 0.99, 1),
        (nanoseconds, part) => {
          const latencies = new Latencies(new Room(10_000));
          for (const one of nanoseconds) expect(latencies.add(bucketOf(one))).toBe(true);
          const sorted = [...nanoseconds].sort((a, b) => a - b);
          const truly = sorted[Math.ceil(part * sorted.length) - 1]!;
          expect(Math.abs(latencies.percentile(part)! - truly) / truly).toBeLessThan(0.0101);
          expect(latencies.measured).toBe(nanoseconds.length);
        },
      ),
    );
  });

  it('add up to what was added, whatever is merged into what, and added to afterwards', () => {
    const many = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 20 });
    const into = fc.array(fc.record({ from: fc.nat(3), to: fc.nat(3), then: many }), { maxLength: 50 });
    fc.assert(
      fc.property(into, (steps) => {
        const all = Array.from({ length: 4 }, () => ({ latencies: new Latencies(), plain: [] as number[] }));
        for (const { from, to, then } of steps) {
          const [a, b] = [all[from]!, all[to]!];
          if (a !== b) {
            b.latencies.merge(a.latencies);
            b.plain.push(...a.plain);
          }
          for (const bucket of then) a.latencies.add(bucket);
          a.plain.push(...then);
        }
        for (const { latencies, plain } of all) {
          const counts = latencies
            .counts()
            .flatMap(([bucket, count]) => new Array<number>(count).fill(bucket));
          expect(counts).toEqual([...plain].sort((a, b) => a - b));
          expect(latencies.measured).toBe(plain.length);
        }
      }),
    );
  });

  it('have none where nothing was measured, and give their room back', () => {
    const room = new Room(1);
    const latencies = new Latencies(room);
    expect(latencies.percentile(0.5)).toBeUndefined();
    expect([5, 5, 5_000].map((one) => latencies.add(bucketOf(one)))).toEqual([true, true, false]);
    latencies.free();
    expect(new Latencies(room).add(bucketOf(7))).toBe(true);
  });
});
