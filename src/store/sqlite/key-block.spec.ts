import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashOf, KeyBlock } from './key-block.js';

/** Few different words, so that keys meet, collide in part, and are sometimes all zero. */
const word = fc.oneof(fc.constantFrom(0, 1, 2, 0xffff_ffff), fc.integer({ min: 0, max: 0xffff_ffff }));
const key = fc.tuple(word, word, word, word).map((words) => Uint32Array.from(words));

const holds = (block: KeyBlock, words: Uint32Array) => block.has(words, hashOf(words));

describe('the keys of a segment', () => {
  it('are, one by one, what a Set says, and rest in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.constant(new Uint32Array(4)))), (keys) => {
        const block = KeyBlock.ofRows(Math.max(1, keys.length));
        const model = new Map<string, Uint32Array>();
        for (const words of keys) {
          expect(holds(block, words)).toBe(model.has(words.join()));
          if (!model.has(words.join())) block.add(words);
          model.set(words.join(), words);
          expect(holds(block, words)).toBe(true);
          expect(block.size).toBe(model.size);
        }
        const written = Buffer.from(Uint32Array.from([...model.values()].flatMap((w) => [...w])).buffer);
        expect(Buffer.from(block.written())).toEqual(written);
      }),
    );
  });

  it('are the same when they are read again, whole or made to fit', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { selector: String, minLength: 1 }), key, (keys, other) => {
        const block = KeyBlock.ofRows(8_192);
        for (const words of keys) block.add(words);
        for (const again of [KeyBlock.of(block.written()), block.fitted()]) {
          for (const words of keys) expect(holds(again, words)).toBe(true);
          expect(holds(again, other)).toBe(holds(block, other));
          expect(again.size).toBe(keys.length);
          expect(again.bytes).toBeLessThan(keys.length * 80 + 32);
        }
      }),
    );
  });

  it('can be read from bytes that do not begin at a multiple of four', () => {
    const shifted = new Uint8Array(17).subarray(1);
    shifted.fill(7);
    expect(holds(KeyBlock.of(shifted), new Uint32Array(4).fill(0x0707_0707))).toBe(true);
  });

  it('may be more than 16 bits can number', () => {
    const keys = Uint32Array.from({ length: 70_000 * 4 }, (_, i) => (i % 4 === 0 ? i : 0));
    const block = KeyBlock.of(new Uint8Array(keys.buffer));
    for (let i = 0; i < 70_000; i++) expect(holds(block, Uint32Array.of(i * 4, 0, 0, 0))).toBe(true);
    expect(holds(block, Uint32Array.of(1, 0, 0, 0))).toBe(false);
  });
});
