import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Latencies } from '../../domain/latencies.js';
import { checksumOf, compress, Effort } from './compression.js';
import { Damaged } from './damage.js';
import { unpackMinutes, writeMinutes } from './minute-block.js';
import type { Sum } from './sums.js';

const HOUR = 494_530;
const MINUTE = 60_000_000_000n;
const word = fc.nat(2 ** 31 - 1);
const count = fc.oneof(fc.nat(20), fc.maxSafeNat());

const latencies = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 2_207 }), fc.integer({ min: 1, max: 1 << 20 }), fc.nat(1)))
  .map((added) => {
    const sum = new Latencies();
    for (const [bucket, count, paired] of added) sum.add(bucket, count, paired);
    return added.length === 0 ? undefined : sum;
  });

const sum = fc
  .record({
    minute: fc.nat(59),
    key: fc.tuple(word, word, word, fc.integer()),
    first: fc.bigInt(0n, MINUTE - 1n),
    last: fc.bigInt(0n, MINUTE - 1n),
    ...{ flows: count, syns: count, resets: count, latencies },
  })
  .map(({ minute, key, first, last, ...rest }): Sum => {
    const begin = BigInt(HOUR * 60 + minute) * MINUTE;
    const [from, to] = first < last ? [first, last] : [last, first];
    return { key: Int32Array.of(HOUR * 60 + minute, ...key), first: begin + from, last: begin + to, ...rest };
  });

describe('a block of minutes', () => {
  it('tells what was written, in its order', () => {
    fc.assert(
      fc.property(fc.array(sum), (sums) => {
        const columns = compress(writeMinutes(HOUR, sums.length, sums).columns, Effort.columns);
        const checksum = checksumOf(columns);
        const read = unpackMinutes(HOUR, { sums: sums.length, columns, checksum });
        expect(read.map(plain)).toEqual(sums.map(plain));
      }),
    );
  });

  it('is refused where its bytes or its size are others, or where it is of another hour', () => {
    const [one] = fc.sample(sum, { numRuns: 1, seed: 1 });
    const columns = compress(writeMinutes(HOUR, 1, [one!]).columns, Effort.columns);
    const checksum = checksumOf(columns);
    expect(() => unpackMinutes(HOUR, { sums: 1, columns, checksum: checksum ^ 1 })).toThrow(Damaged);
    for (const sums of [0, 2, 1e9]) {
      expect(() => unpackMinutes(HOUR, { sums, columns, checksum })).toThrow(Damaged);
    }
    const other = compress(writeMinutes(HOUR + 1, 1, [one!]).columns, Effort.columns);
    expect(() => unpackMinutes(HOUR, { sums: 1, columns: other, checksum: checksumOf(other) })).toThrow(
      Damaged,
    );
  });
});

function plain({ key, latencies, ...rest }: Sum) {
  return { ...rest, key: [...key], latencies: latencies?.counts(), paired: latencies?.paired };
}
