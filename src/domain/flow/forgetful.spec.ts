import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlowReader } from './flow-reader.js';
import { Forgetful } from './forgetful.js';
import { flowJson, pod } from '../../../test/support/make-flow.js';

describe('what is remembered', () => {
  it('never has more characters than it may, and is found until all is forgotten', () => {
    const added = fc.record({ key: fc.constantFrom('a', 'bc', ''), characters: fc.nat(2_000) });
    fc.assert(
      fc.property(fc.array(added, { maxLength: 200, size: 'max' }), (all) => {
        const most = 10_000;
        const known = new Forgetful<{ key: string }>(most);
        let before = 0;
        for (const { key, characters } of all) {
          const value = known.add(key, { key }, characters);
          expect(known.get(key)).toBe(value);
          expect(known.find(key, (candidate) => candidate === value)).toBe(value);
          expect(known.characters).toBeLessThanOrEqual(most);
          const forgot = known.characters < before;
          if (forgot) expect(before + characters + key.length).toBeGreaterThan(most - 200);
          before = known.characters;
        }
      }),
    );
  });

  it('does not remember what is larger than all that it may hold', () => {
    const known = new Forgetful<number>(1_000);
    expect(known.add('key', 5, 1_000)).toBe(5);
    expect([known.get('key'), known.characters]).toEqual([undefined, 0]);
  });

  it('tells values under one key apart, as many as may be compared', () => {
    const known = new Forgetful<number>(1e6);
    for (let value = 0; value < 100; value++) known.add('key', value, 1);
    const found = Array.from({ length: 100 }, (_, value) => known.find('key', (v) => v === value));
    expect(found.filter((value) => value !== undefined)).toEqual(
      Array.from({ length: 64 }, (_, i) => i + 36),
    );
  });

  it('is the same part for equal flows, and another for others', () => {
    const reader = new FlowReader();
    const read = (workload: string) =>
      reader.read({ kind: 'flow', envelope: {}, flow: flowJson({ source: pod('shop/web-0', workload) }) });
    expect(read('a').source).toBe(read('a').source);
    expect(read('a').source).not.toBe(read('b').source);
  });
});
