import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
import { packKeys, readKeys } from './keys.js';

const rowOf = (keys: Buffer, flows: number) => ({ flows, keys, layout: 2, checksum: null });

describe('keys', () => {
  it('come back as they were, all of them or some', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 })), (list) => {
        const keys = Uint8Array.from(list.flatMap((key) => [...key]));
        const row = rowOf(packKeys(keys), list.length);
        expect(readKeys(row)).toEqual(keys);
        const from = list.length >> 1;
        expect(readKeys(row, from)).toEqual(keys.subarray(from * 16));
      }),
      { numRuns: 30 },
    );
  });

  it('of random uuids take what of them is chance', () => {
    const keys = new Uint8Array(8_192 * 16);
    const key: FlowKey = new Uint32Array(4);
    for (let row = 0; row < 8_192; row++) {
      readUuid(randomUUID(), key);
      keys.set(new Uint8Array(key.buffer), row * 16);
    }
    expect(packKeys(keys).length / 8_192).toBeLessThan(15.35);
  });

  it('that are cut off, or whose lengths are made up, are damaged', () => {
    const packed = packKeys(new Uint8Array(320).fill(7));
    expect(() => readKeys(rowOf(packed.subarray(0, 40), 20))).toThrow('cut off');
    expect(() => readKeys(rowOf(packed.subarray(0, -1), 20))).toThrow();
    expect(() => readKeys(rowOf(packed, 21))).toThrow();
    const lying = Buffer.from(packed);
    lying.writeUInt32LE(0xffff_ffff, 0);
    expect(() => readKeys(rowOf(lying, 20))).toThrow();
  });
});
