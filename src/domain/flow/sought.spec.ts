import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Sought } from './sought.js';

/** Texts with what JSON escapes, and what changes its length or depends on its neighbours in lower case. */
const character = fc.constantFrom(...Array.from('aAbnuK/"\\\n\t.-10eéÉΣςßİK&<🙂\u2028\u0001'));
const text = fc.array(character, { minLength: 1, maxLength: 8 }).map((list) => list.join(''));

/** A text as JSON may write it, each character in one of its ways. */
function written(value: string, ways: readonly number[]): string {
  const told = Array.from(value, (character, at) => {
    const way = ways[at % ways.length] ?? 0;
    if (way === 1 && character === '/') return '\\/';
    return way === 2 ? numbered(character) : JSON.stringify(character).slice(1, -1);
  });
  return `"${told.join('')}"`;
}

function numbered(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

describe('what is sought', () => {
  it('can be in the JSON of every value that has it', () => {
    const ways = fc.array(fc.nat(3), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, text, ways, fc.nat(8), fc.nat(3), (value, other, ways, from, length) => {
        const json = written(value, ways);
        for (const word of [value.slice(from, from + length + 1), other].filter((word) => word !== '')) {
          const sought = new Sought([word]);
          if (sought.isInAny(JSON.parse(json))) expect(sought.canBeIn(json)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['1000', '1e3'],
    ['1000', '{"a":[1E3]}'],
    ['1.5', '{"a":1.50}'],
    ['18446744073709552000', '{"a":18446744073709551615}'],
    ['infinity', '{"a": 1e999}'],
  ])('as a number, %s is in %s', (word, json) => {
    const sought = new Sought([word]);
    expect([sought.isInAny(JSON.parse(json)), sought.canBeIn(json)]).toEqual([true, true]);
  });

  it.each([
    ['web', '{"a":"shop\\u0026\\u003cpay\\u003e"}'],
    ['web', '{"a":"\\"shop\\" \\\\ pay\\n"}'],
    ['503', '{"a":200,"b":"1.5"}'],
  ])('need not be looked for by parsing: %s in %s', (word, json) => {
    expect(new Sought([word]).canBeIn(json)).toBe(false);
  });

  it('is in texts and numbers of any depth, and not in names', () => {
    const value = { shop: [{ a: 'Große WEB' }, 503, null, true] };
    const isIn = (word: string) => new Sought([word]).isInAny(value);
    expect(['große', 'web', '50', 'shop', 'true', 'null'].map(isIn)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
