import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteMap } from './byte-map.js';
import { ByteText, viewOf } from './byte-text.js';

describe('a map by bytes', () => {
  it('answers as a map by strings does, wherever the name lies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 3_000, size: 'max' }),
        fc.nat(5),
        (names, at) => {
          const map = new ByteMap<number>();
          const twin = new Map<string, number>();
          for (const [i, name] of names.entries()) {
            const view = viewOf(Buffer.concat([Buffer.alloc(at), name, Buffer.from('x')]));
            const key = Buffer.from(name).toString('hex');
            expect(map.get(view, at, at + name.length)).toBe(twin.get(key));
            if (twin.has(key)) continue;
            map.set(view, at, at + name.length, i);
            twin.set(key, i);
          }
          expect(map.size).toBe(twin.size);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a text of bytes', () => {
  it('stands where its bytes are, and nowhere else', () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 40, min: 32, max: 126 });
    fc.assert(
      fc.property(bytes, bytes, fc.nat(10), fc.nat(39), (text, more, at, changed) => {
        const record = Buffer.concat([Buffer.alloc(at, 1), text, more]);
        const known = new ByteText(text);
        expect(known.standsAt(viewOf(record), at, record.length)).toBe(true);
        expect(known.standsAt(viewOf(record), at, at + text.length - 1)).toBe(false);
        if (changed >= text.length) return;
        record[at + changed] = (record[at + changed] ?? 0) ^ 1;
        expect(known.standsAt(viewOf(record), at, record.length)).toBe(false);
      }),
    );
  });
});
