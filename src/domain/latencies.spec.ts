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

  it('have none where nothing was measured, and give their room back', () => {
    const room = new Room(1);
    const latencies = new Latencies(room);
    expect(latencies.percentile(0.5)).toBeUndefined();
    expect([5, 5, 5_000].map((one) => latencies.add(bucketOf(one)))).toEqual([true, true, false]);
    latencies.free();
    expect(new Latencies(room).add(bucketOf(7))).toBe(true);
  });
});
