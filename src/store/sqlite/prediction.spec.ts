import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { company, Prediction } from './prediction.js';

const told = fc.record({ a: fc.nat(3), b: fc.nat(3), value: fc.nat(5) });

describe('prediction', () => {
  it('is the same for who reads as for who writes, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(told), (list) => {
        const writes = new Prediction();
        const reads = new Prediction();
        for (const { a, b, value } of list) {
          const written = writes.among(company(a, b), company(a, 0), company(b, 1)).write(value);
          expect(reads.among(company(a, b), company(a, 0), company(b, 1)).read(written)).toBe(value);
        }
      }),
    );
  });

  it('writes whose guess was right, for what repeats in the same company', () => {
    const writes = new Prediction();
    const told = [7, 9, 7, 9].map((value) => writes.among(company(value, 1), 1, 2).write(value + 100));
    expect(told).toEqual([110, 112, 0, 0]);
    expect(writes.among(company(8, 1), 1, 3).write(109)).toBe(1);
  });
});
