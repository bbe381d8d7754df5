import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPartners, writePartners } from './partners.js';

describe('partners', () => {
  it('come back as they were, also where endpoints share a place', () => {
    const endpoint = fc.oneof(fc.nat(3), fc.constant(16_384), fc.constant(16_385));
    fc.assert(
      fc.property(fc.array(fc.tuple(endpoint, endpoint), { maxLength: 100 }), (flows) => {
        const sources = Uint32Array.from(flows, ([source]) => source);
        const destinations = Uint32Array.from(flows, ([, destination]) => destination);
        expect(readPartners(sources, writePartners(sources, destinations))).toEqual(destinations);
      }),
    );
  });

  it('of a conversation are written once', () => {
    const sources = Uint32Array.of(5, 9, 5, 9);
    expect([...writePartners(sources, Uint32Array.of(9, 5, 9, 5))]).toEqual([10, 0, 0, 0]);
  });
});
