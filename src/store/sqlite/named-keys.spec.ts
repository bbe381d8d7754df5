import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KEY_BYTES } from '../../domain/flow/flow-key.js';
import { parseFilter } from '../../domain/filter/parse-filter.js';
import { words } from '../../../test/support/make-flow.js';
import { KeyPlanes, packKeys } from './keys.js';
import { KeyHints, keyOf, namedKeys, rowsOf } from './named-keys.js';

const uuids = fc.uniqueArray(fc.oneof(fc.uuid(), fc.string({ minLength: 1 })), { maxLength: 60 });
const held = (names: readonly string[]) => {
  const keys = new Uint32Array((names.length * KEY_BYTES) / 4);
  for (const [row, name] of names.entries()) keys.set(keyOf(name), row * 4);
  return new Uint8Array(keys.buffer);
};
const hintsOf = (names: readonly string[]) =>
  new KeyHints(
    new KeyPlanes({ flows: names.length, layout: 2, keys: packKeys(held(names)), checksum: null }),
  );
const counted = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

describe('keys of named flows', () => {
  it('are found in their rows, and hints never deny one that is held', () => {
    fc.assert(
      fc.property(uuids, uuids, (names, others) => {
        const hints = hintsOf(names);
        expect(names.filter((name) => !hints.mayHold(keyOf(name)))).toEqual([]);
        const wanted = [...names.slice(0, 3), ...others].map(keyOf);
        const rows = rowsOf(wanted, held(names), 0, names.length);
        for (const row of [...names.keys()].slice(0, 3)) expect(rows).toContain(row);
      }),
    );
  });

  it.each([
    ['chance', (i: number) => `flow ${i}`],
    ['counted up', counted],
  ])('are hinted at with few mistakes, also where they are %s', (_, name) => {
    const hints = hintsOf(Array.from({ length: 4_000 }, (_, i) => name(i)));
    const others = Array.from({ length: 4_000 }, (_, i) => name(i + 4_000));
    expect(others.filter((other) => hints.mayHold(keyOf(other))).length).toBeLessThan(60);
  });

  it.each([
    [{}, undefined],
    [{ uuid: ['a', 'b'] }, 2],
    [{ uuid: 'a', verdict: 'DROPPED' }, 1],
    [{ 'not-uuid': 'a' }, undefined],
    [{ uuid: 'a', allowlist: '{"verdict":["DROPPED"]}' }, undefined],
    [{ allowlist: '{"uuid":["a","b"]}' }, 2],
  ])('are those without which %j passes nothing', (told, keys) => {
    expect(namedKeys(parseFilter(words(told as Record<string, string>)))?.length).toBe(keys);
  });
});
