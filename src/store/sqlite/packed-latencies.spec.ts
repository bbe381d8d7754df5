import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LAST_BUCKET, Latencies } from '../../domain/latencies.js';
import { Damaged } from './damage.js';
import { packLatencies, unpackLatencies } from './packed-latencies.js';

const counts = fc.array(
  fc.tuple(fc.integer({ min: 1, max: LAST_BUCKET }), fc.integer({ min: 1, max: 2 ** 40 })),
);

function latenciesOf(told: readonly [number, number][]): Latencies {
  const latencies = new Latencies();
  for (const [bucket, count] of told) latencies.add(bucket, count);
  return latencies;
}

describe('packed latencies', () => {
  it('are the same when they are unpacked', () => {
    fc.assert(
      fc.property(counts, (told) => {
        const latencies = latenciesOf(told);
        const unpacked = unpackLatencies(packLatencies(latencies));
        expect(unpacked.counts()).toEqual(latencies.counts());
        expect(unpacked.measured).toBe(latencies.measured);
      }),
    );
  });

  it('tell how many were found by pairing, also when they are added up', () => {
    fc.assert(
      fc.property(counts, fc.nat(1_000), (told, paired) => {
        const latencies = latenciesOf(told);
        latencies.add(7, paired + 1, paired);
        const unpacked = unpackLatencies(packLatencies(latencies));
        expect(unpacked.paired).toBe(paired);
        expect(unpacked.counts()).toEqual(latencies.counts());
        unpacked.merge(latencies);
        expect(unpacked.paired).toBe(2 * paired);
      }),
    );
  });

  it('that were cut off are refused, and any other bytes read as something', () => {
    expect(() => unpackLatencies(Buffer.from([0x81]))).toThrow(Damaged);
    expect(() => unpackLatencies(Buffer.from([5]))).toThrow(Damaged);
    expect(() => unpackLatencies(Buffer.from([0xa0, 0x11, 1]))).toThrow(Damaged);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          unpackLatencies(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Damaged);
        }
      }),
    );
  });
});
