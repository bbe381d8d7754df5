import type { Filter } from '../../domain/filter/filter.js';
import { hashText, KEY_BYTES, readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
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

/** One of some 2,000 keys seems to be in a segment where it is not. */
const BYTES = 3;

/** Tells which keys a segment cannot hold, by three bytes of each of its own: next to nothing is worked out for it. */
export class KeyHints {
  /** Which bytes these are: those that tell keys from each other best. */
  readonly #chosen: readonly number[];
  /** By the first of them: where its keys end among all. */
  readonly #ends: Uint32Array;
  /** Of each key the other two, beside those of keys with the same first one. */
  readonly #pairs: Uint16Array;

  constructor(keys: KeyPlanes) {
    this.#chosen = keys.telling(BYTES);
    const [first = nothing, second = nothing, third = nothing] = this.#chosen.map((byte) => keys.plane(byte));
    const at = endsOf(first);
    this.#ends = at.slice();
    const pairs = (this.#pairs = new Uint16Array(keys.flows));
    for (let row = 0; row < keys.flows; row++) {
      const byte = first[row] ?? 0;
      const place = (at[byte] ?? 0) - 1;
      at[byte] = place;
      pairs[place] = pairOf(second[row], third[row]);
    }
  }

  get bytes(): number {
    return this.#pairs.byteLength + this.#ends.byteLength;
  }

  mayHold(key: FlowKey): boolean {
    const bytes = new Uint8Array(key.buffer, key.byteOffset, KEY_BYTES);
    const [first = 0, second = 0, third = 0] = this.#chosen;
    const byte = bytes[first] ?? 0;
    const pair = pairOf(bytes[second], bytes[third]);
    const end = this.#ends[byte] ?? 0;
    for (let at = this.#ends[byte - 1] ?? 0; at < end; at++) if (this.#pairs[at] === pair) return true;
    return false;
  }
}

const nothing = new Uint8Array();

/** By the value of a byte: behind the last place of its keys, where they are sorted by it. */
function endsOf(plane: Uint8Array): Uint32Array {
  const ends = new Uint32Array(256);
  for (let row = 0; row < plane.length; row++) {
    const byte = plane[row] ?? 0;
    ends[byte] = (ends[byte] ?? 0) + 1;
  }
  for (let byte = 1; byte < ends.length; byte++) ends[byte] = (ends[byte] ?? 0) + (ends[byte - 1] ?? 0);
  return ends;
}

function pairOf(first = 0, second = 0): number {
  return (first << 8) | second;
}
