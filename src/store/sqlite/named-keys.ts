import type { Filter } from '../../domain/filter/filter.js';
import { hashText, KEY_BYTES, readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
import { hashOf } from './key-block.js';

const keysByUuids = new WeakMap<readonly string[], FlowKey[]>();

/** The keys of the only flows that can pass, where a filter names them by their uuids. */
export function namedKeys({ uuids }: Filter): readonly FlowKey[] | undefined {
  if (uuids === undefined) return undefined;
  let keys = keysByUuids.get(uuids);
  if (keys === undefined) keysByUuids.set(uuids, (keys = uuids.map(keyOf)));
  return keys;
}

/** Of a flow with this uuid, as the writer makes it. */
export function keyOf(uuid: string): FlowKey {
  const key: FlowKey = new Uint32Array(KEY_BYTES / 4);
  if (!readUuid(uuid, key)) hashText(`uuid ${uuid}`, key);
  return key;
}

/** The rows of these keys, in order. */
export function rowsOf(keys: readonly FlowKey[], held: Uint8Array, from: number, to: number): number[] {
  const words = new Uint32Array(held.buffer, held.byteOffset, held.length >> 2);
  const firsts = new Set(keys.map(([first]) => first));
  const rows: number[] = [];
  for (let row = from; row < to; row++) if (firsts.has(words[row * 4])) rows.push(row);
  return rows;
}

/** Of a key, so many bits are set of so many a flow: one of some 400 keys seems to be where it is not. */
const PROBES = 4;
const BITS = 16;

/** Tells which keys a segment cannot hold, with two bytes a flow (a Bloom filter). */
export class KeyHints {
  readonly #bits: Uint8Array;
  readonly #mask: number;

  constructor(keys: Uint8Array) {
    const words = new Uint32Array(keys.buffer, keys.byteOffset, keys.length >> 2);
    const bits = 2 ** Math.ceil(Math.log2(Math.max(8, (words.length / 4) * BITS)));
    this.#bits = new Uint8Array(bits / 8);
    this.#mask = bits - 1;
    for (let at = 0; at < words.length; at += 4) this.#enter(words.subarray(at, at + 4));
  }

  get bytes(): number {
    return this.#bits.length;
  }

  #enter(key: FlowKey): void {
    const [hash, step] = probesOf(key);
    for (let i = 0; i < PROBES; i++) {
      const bit = (hash + i * step) & this.#mask;
      this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  mayHold(key: FlowKey): boolean {
    const [hash, step] = probesOf(key);
    for (let i = 0; i < PROBES; i++) {
      const bit = (hash + i * step) & this.#mask;
      if (((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** Where to begin, and how far to go on: two hashes make as many as wanted (Kirsch and Mitzenmacher). */
function probesOf(key: FlowKey): readonly [hash: number, step: number] {
  const hash = hashOf(key);
  // By its upper half, which does not tell where to begin.
  return [hash, Math.imul(hash >>> 16, 0x9e37_79b1) | 1];
}
