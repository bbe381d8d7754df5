import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonText, losslessly } from '../../../test/support/json-text.js';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { canonicalText, formatUuid, hashText, readUuid } from './flow-key.js';

describe('the key of a flow', () => {
  it('is its uuid, which can be read from the key again', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const key = new Uint32Array(4);
        expect(readUuid(uuid, key)).toBe(true);
        expect(formatUuid(new Uint8Array(key.buffer), 0)).toBe(uuid);
      }),
    );
  });

  it.each([
    '5B1F0A1E-0001-4000-8000-000000000001',
    '5b1f0a1e-0001-4000-8000-00000000000',
    '5b1f0a1e-0001-4000-8000-00000000000g',
    '5b1f0a1e00001-4000-8000-000000000001',
    '5b1f0a1e-0001-4000-8000-00000000000\u0131',
    '',
  ])('is not made of %j, which is no canonical uuid', (text) => {
    expect(readUuid(text, new Uint32Array(4))).toBe(false);
  });

  it('is the hash of other texts, and differs as they do', () => {
    const keys = ['a', 'b', ''].map((text) => {
      const key = new Uint32Array(4);
      hashText(text, key);
      return key.join();
    });
    expect(new Set(keys).size).toBe(3);
  });
});

describe('the content of a record', () => {
  it('is the same in any order of keys and any spacing', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain = canonicalText(jsonText(value));
        fc.pre(!/\d{16}/.test(plain));
        expect(canonicalText(jsonText(value, { reversed: true, spaced: true }))).toBe(plain);
      }),
    );
  });

  it('differs where records differ', () => {
    fc.assert(
      fc.property(flowTexts(6), (texts) => {
        const contents = new Set(texts.map((text) => JSON.stringify(losslessly(canonicalText(text)))));
        const values = new Set(texts.map((text) => canonicalText(JSON.stringify(losslessly(text)))));
        expect(contents.size).toBeGreaterThanOrEqual(values.size);
      }),
    );
    expect(canonicalText('{"a":[1,2]}')).not.toBe(canonicalText('{"a":[2,1]}'));
    expect(canonicalText('{"__proto__":1}')).not.toBe(canonicalText('{}'));
    expect(canonicalText('{"a":18446744073709551615}')).not.toBe(canonicalText('{"a":18446744073709551614}'));
  });
});
