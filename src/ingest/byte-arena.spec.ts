import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sameBytes, viewOf } from './byte-arena.js';

/** Bytes of JSON: all but NUL. */
const bytes = fc.uint8Array({ min: 1, maxLength: 150 });

describe('sameBytes', () => {
  it('finds every text again, wherever it stands', () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 150 })
      .map((any) => Buffer.from(JSON.stringify(any)));
    fc.assert(
      fc.property(text, fc.nat(20), fc.nat(20), (text, before, behind) => {
        const other = Buffer.concat([Buffer.alloc(before, 7), text, Buffer.alloc(behind, 7)]);
        return sameBytes(viewOf(text), 0, viewOf(other), before, text.length);
      }),
    );
  });

  it('tells bytes apart that differ in any one place', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, by) => {
        fc.pre(bytes.length > 0);
        const other = bytes.slice();
        const place = at % bytes.length;
        other[place] = ((other[place] ?? 0) + by) & 255;
        expect(sameBytes(viewOf(bytes), 0, viewOf(other), 0, bytes.length)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});
