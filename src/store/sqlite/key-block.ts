import { KEY_BYTES, type FlowKey } from '../../domain/flow/flow-key.js';

const WORDS = KEY_BYTES / 4;
/** Of places: more rows than this, and their numbers do not fit into 16 bits. */
const MOST_SHORT = 0xffff;

/**
 * The keys of flows of one segment, in order, and a table of places to find them by: some 20 bytes a
 * flow. Small enough for the processor's cache, where one table of all flows would miss it each time.
 */
export class KeyBlock {
  readonly #keys: Uint32Array;
  /** Row plus one; 0 is free. At most half full. */
  readonly #places: Uint16Array | Uint32Array;
  readonly #mask: number;
  #size = 0;

  constructor(keys: Uint32Array) {
    const rows = keys.length / WORDS;
    const places = 2 ** Math.ceil(Math.log2(Math.max(4, rows * 2)));
    this.#keys = keys;
    this.#places = rows < MOST_SHORT ? new Uint16Array(places) : new Uint32Array(places);
    this.#mask = places - 1;
  }

  static ofRows(rows: number): KeyBlock {
    return new KeyBlock(new Uint32Array(rows * WORDS));
  }

  /** Of a segment on disk; the bytes may begin anywhere in their buffer. */
  static of(bytes: Uint8Array): KeyBlock {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const block = new KeyBlock(new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2));
    for (let row = 0; row < aligned.length / KEY_BYTES; row++) block.#enter(row);
    block.#size = aligned.length / KEY_BYTES;
    return block;
  }

  get size(): number {
    return this.#size;
  }

  /** How many keys there is room for. */
  get rows(): number {
    return this.#keys.length / WORDS;
  }

  /** Memory that it takes. */
  get bytes(): number {
    return this.#keys.byteLength + this.#places.byteLength;
  }

  /** As they rest in the segment. */
  written(): Uint8Array {
    return new Uint8Array(this.#keys.buffer, this.#keys.byteOffset, this.#size * KEY_BYTES);
  }

  /** Itself, or where it holds far fewer keys than it has room for, a smaller one. */
  fitted(): KeyBlock {
    return this.#size * WORDS * 2 > this.#keys.length ? this : this.part(0);
  }

  /** A block of the rows from one up to, without, another. */
  part(from: number, to = this.#size): KeyBlock {
    return KeyBlock.of(this.written().slice(from * KEY_BYTES, to * KEY_BYTES));
  }

  has(key: FlowKey, hash: number): boolean {
    const keys = this.#keys;
    for (let place = hash & this.#mask; ; place = (place + 1) & this.#mask) {
      const row = this.#places[place] ?? 0;
      if (row === 0) return false;
      const at = (row - 1) * WORDS;
      if (
        keys[at] === key[0] &&
        keys[at + 1] === key[1] &&
        keys[at + 2] === key[2] &&
        keys[at + 3] === key[3]
      ) {
        return true;
      }
    }
  }

  /** The key must be new, and there must be room. */
  add(key: FlowKey): void {
    const at = this.#size * WORDS;
    for (let word = 0; word < WORDS; word++) this.#keys[at + word] = key[word] ?? 0;
    this.#enter(this.#size++);
  }

  clear(): void {
    this.#size = 0;
    this.#places.fill(0);
  }

  #enter(row: number): void {
    const at = row * WORDS;
    const keys = this.#keys;
    let place = mix(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, keys[at + 3] ?? 0) & this.#mask;
    while (this.#places[place] !== 0) place = (place + 1) & this.#mask;
    this.#places[place] = row + 1;
  }
}

/** Where a key belongs; the same for all blocks. */
export function hashOf(key: FlowKey): number {
  return mix(key[0] ?? 0, key[1] ?? 0, key[2] ?? 0, key[3] ?? 0);
}

/**
 * The finaliser of MurmurHash3 over the four words. Uuids and hashes are spread evenly by nature, but
 * a writer may count its uuids up, so all four words take part.
 */
function mix(a: number, b: number, c: number, d: number): number {
  let hash = a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
