import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeySet } from './key-set.js';

/** Few different words, so that keys meet, collide in part, and are sometimes all zero. */
const word = fc.oneof(fc.constantFrom(0, 1, 2, 0xffff_ffff), fc.integer({ min: 0, max: 0xffff_ffff }));
const key = fc.tuple(word, word, word, word).map((words) => Uint32Array.from(words));

function bytesOf(keys: readonly Uint32Array[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(keys.flatMap((words) => [...words])).buffer);
}

describe('the set of known keys', () => {
  it('says of every key, one by one, what a Set says', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.constant(new Uint32Array(4)))), (keys) => {
        const known = new KeySet();
        const model = new Set<string>();
        for (const words of keys) {
          const name = words.join();
          expect(known.has(words)).toBe(model.has(name));
          expect(known.add(words)).toBe(!model.has(name));
          model.add(name);
          expect(known.has(words)).toBe(true);
          expect(known.size).toBe(model.size);
        }
      }),
    );
  });

  it('takes a whole block of keys like the same keys one by one', () => {
    fc.assert(
      fc.property(fc.array(key), fc.array(key), (first, second) => {
        const known = new KeySet();
        for (const words of first) known.add(words);
        known.addAll(bytesOf(second));
        const model = new Set([...first, ...second].map((words) => words.join()));
        expect(known.size).toBe(model.size);
        for (const words of [...first, ...second]) expect(known.add(words)).toBe(false);
      }),
    );
  });

  it('takes a block that does not begin at a multiple of four bytes', () => {
    const shifted = new Uint8Array(17).subarray(1);
    shifted.fill(7);
    const known = new KeySet();
    known.addAll(shifted);
    expect(known.has(new Uint32Array(4).fill(0x0707_0707))).toBe(true);
  });

  it('grows, forgets nothing while it does, and counts the zero key once', () => {
    const known = new KeySet();
    const keyAt = (i: number) => Uint32Array.of(i, 0, 0, 0);
    for (let i = 0; i < 60_000; i++) expect(known.add(keyAt(i))).toBe(true);
    expect(known.size).toBe(60_000);
    for (let i = 0; i < 60_000; i++) expect(known.add(keyAt(i))).toBe(false);
    expect(known.has(keyAt(60_000))).toBe(false);
  });

  it('knows nothing after it was cleared', () => {
    const known = new KeySet();
    known.add(new Uint32Array(4));
    known.add(Uint32Array.of(1, 2, 3, 4));
    known.clear();
    expect(known.size).toBe(0);
    expect(known.has(new Uint32Array(4))).toBe(false);
    expect(known.has(Uint32Array.of(1, 2, 3, 4))).toBe(false);
  });
});
