import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteArena, viewOf } from './byte-arena.js';
import { ByteNumbers, NONE } from './byte-numbers.js';
import { ForetoldTexts } from './foretold-texts.js';

describe('numbers of names', () => {
  it('are those of a map by strings, wherever the name lies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3_000, size: 'max' }),
        fc.nat(5),
        (names, at) => {
          const numbers = new ByteNumbers();
          const twin = new Map<string, number>();
          for (const name of names) {
            const view = viewOf(Buffer.concat([Buffer.alloc(at), name, Buffer.from('x')]));
            const key = Buffer.from(name).toString('hex');
            const known = twin.get(key);
            expect(numbers.find(view, at, at + name.length)).toBe(known ?? NONE);
            if (known !== undefined) continue;
            expect(numbers.add(view, at, at + name.length)).toBe(twin.size);
            twin.set(key, twin.size);
          }
          expect(numbers.size).toBe(twin.size);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a text in an arena', () => {
  it('stands where its bytes are, and nowhere else', () => {
    const bytes = fc.uint8Array({ maxLength: 70 });
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.nat(10), fc.nat(69), (before, text, more, at, changed) => {
        const record = Buffer.concat([Buffer.alloc(at, 1), text, more]);
        const arena = new ByteArena();
        arena.add(viewOf(before), 0, before.length);
        const start = arena.add(viewOf(text), 0, text.length);
        const stands = (end: number) => arena.standsAt(start, text.length, viewOf(record), at, end);
        expect(stands(record.length)).toBe(true);
        expect(stands(at + text.length - 1)).toBe(false);
        if (changed >= text.length) return;
        record[at + changed] = (record[at + changed] ?? 0) ^ 1;
        expect(stands(record.length)).toBe(false);
      }),
    );
  });
});

describe('texts that are foretold', () => {
  const find = (texts: ForetoldTexts<string>, by: number, text: string) => {
    const view = viewOf(Buffer.from(`${text},`));
    return texts.valueOf(texts.find(by, view, 0, view.byteLength));
  };
  const add = (texts: ForetoldTexts<string>, by: number, text: string) =>
    texts.add(by, viewOf(Buffer.from(text)), 0, text.length, text);

  it('are the last six of what foretells them, and no others', () => {
    const step = fc.record({ by: fc.nat(4), text: fc.integer({ min: 100, max: 120 }).map(String) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const texts = new ForetoldTexts<string>();
        const twin = new Map<number, string[]>();
        for (const { by, text } of steps) {
          const known = twin.get(by) ?? [];
          expect(find(texts, by, text)).toBe(known.includes(text) ? text : undefined);
          if (known.includes(text)) continue;
          expect(texts.lengthOf(add(texts, by, text))).toBe(text.length);
          twin.set(by, [text, ...known].slice(0, 6));
        }
      }),
    );
  });
});
