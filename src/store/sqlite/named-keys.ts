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
  /** The bytes that tell keys from each other best: which they are, the first two of all flows, and the third. */
  readonly #chosen: readonly number[];
  readonly #pairs: Uint16Array;
  readonly #thirds: Uint8Array;

  constructor(keys: KeyPlanes) {
    this.#chosen = keys.telling(BYTES);
    const [first, second, third] = this.#chosen.map((byte) => keys.plane(byte));
    this.#pairs = new Uint16Array(keys.flows);
    for (let row = 0; row < keys.flows; row++) this.#pairs[row] = pairOf(first?.[row], second?.[row]);
    // Copied, as a plane is a part of all that was read.
    this.#thirds = new Uint8Array(third ?? []);
  }

  get bytes(): number {
    return this.#pairs.byteLength + this.#thirds.byteLength;
  }

  mayHold(key: FlowKey): boolean {
    const bytes = new Uint8Array(key.buffer, key.byteOffset, KEY_BYTES);
    const [first = 0, second = 0, third = 0] = this.#chosen;
    const pair = pairOf(bytes[first], bytes[second]);
    const pairs = this.#pairs;
    for (let row = pairs.indexOf(pair); row >= 0; row = pairs.indexOf(pair, row + 1))
      if (this.#thirds[row] === bytes[third]) return true;
    return false;
  }
}

function pairOf(first = 0, second = 0): number {
  return (first << 8) | second;
}
