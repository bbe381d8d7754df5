import type { Filter } from '../../domain/filter/filter.js';
import { hashText, KEY_BYTES, readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
import { hashOf } from './key-block.js';
import type { KeyPlanes } from './keys.js';

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
/** They are made of so many bytes of each key: others need not be unpacked. */
const BYTES = 4;

/** Tells which keys a segment cannot hold, with two bytes a flow (a Bloom filter). */
export class KeyHints {
  readonly #bits: Uint8Array;
  readonly #mask: number;
  /** Which bytes. */
  readonly #chosen: readonly number[];
  readonly #part: FlowKey = new Uint32Array(KEY_BYTES / 4);

  constructor(keys: KeyPlanes) {
    const bits = 2 ** Math.ceil(Math.log2(Math.max(8, keys.flows * BITS)));
    this.#bits = new Uint8Array(bits / 8);
    this.#mask = bits - 1;
    this.#chosen = keys.telling(BYTES);
    const [first, second, third, fourth] = this.#chosen.map((byte) => keys.plane(byte));
    for (let row = 0; row < keys.flows; row++)
      this.#enter(join(first?.[row], second?.[row], third?.[row], fourth?.[row]));
  }

  get bytes(): number {
    return this.#bits.length;
  }

  #enter(part: number): void {
    const [hash, step] = this.#probesOf(part);
    for (let i = 0; i < PROBES; i++) {
      const bit = (hash + i * step) & this.#mask;
      this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  mayHold(key: FlowKey): boolean {
    const bytes = new Uint8Array(key.buffer, key.byteOffset, KEY_BYTES);
    const [first, second, third, fourth] = this.#chosen.map((byte) => bytes[byte]);
    const [hash, step] = this.#probesOf(join(first, second, third, fourth));
    for (let i = 0; i < PROBES; i++) {
      const bit = (hash + i * step) & this.#mask;
      if (((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  /** Where to begin, and how far to go on: two hashes make as many as wanted (Kirsch and Mitzenmacher). */
  #probesOf(part: number): readonly [hash: number, step: number] {
    this.#part[0] = part;
    const hash = hashOf(this.#part);
    // By its upper half, which does not tell where to begin.
    return [hash, Math.imul(hash >>> 16, 0x9e37_79b1) | 1];
  }
}

function join(first = 0, second = 0, third = 0, fourth = 0): number {
  return first | (second << 8) | (third << 16) | (fourth << 24);
}
