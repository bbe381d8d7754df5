import { ByteArena } from './byte-arena.js';

/** There is no such number. */
export const NONE = -1;

/** What the table holds of a name: its hash, its number plus one (0 is a free slot), where it lies and its length. */
const SLOT = 4;
const NUMBER = 1;
const START = 2;
const LENGTH = 3;
const SMALLEST = SLOT << 10;

/**
 * Gives numbers, from 0 on, to names, which are bytes found without making a string of them. The
 * table is one array of numbers: a name is looked up several times for each record.
 */
export class ByteNumbers {
  /** At most half full. */
  #table = new Int32Array(SMALLEST);
  readonly #names = new ByteArena();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `NONE` for a name that is new. */
  find(view: DataView, from: number, to: number): number {
    const slot = this.#find(view, from, to, hashBytes(view, from, to));
    return (this.#table[slot + NUMBER] ?? 0) - 1;
  }

  /** The name must not be there yet. */
  add(view: DataView, from: number, to: number): number {
    const hash = hashBytes(view, from, to);
    const slot = this.#find(view, from, to, hash);
    const start = this.#names.add(view, from, to);
    this.#table.set([hash, ++this.#size, start, to - from], slot);
    if (this.#size * SLOT * 2 > this.#table.length) this.#grow();
    return this.#size - 1;
  }

  clear(): void {
    this.#table = new Int32Array(SMALLEST);
    this.#names.clear();
    this.#size = 0;
  }

  /** The slot that holds the name, or the free one where it belongs. */
  #find(view: DataView, from: number, to: number, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = Math.imul(hash, SLOT) & mask;
    for (;;) {
      if (table[slot + NUMBER] === 0) return slot;
      const isSame =
        table[slot] === hash &&
        table[slot + LENGTH] === to - from &&
        this.#names.standsAt(table[slot + START] ?? 0, to - from, view, from, to);
      if (isSame) return slot;
      slot = (slot + SLOT) & mask;
    }
  }

  #grow(): void {
    const old = this.#table;
    const table = (this.#table = new Int32Array(old.length * 2));
    const mask = table.length - 1;
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + NUMBER] === 0) continue;
      let slot = Math.imul(old[from] ?? 0, SLOT) & mask;
      while (table[slot + NUMBER] !== 0) slot = (slot + SLOT) & mask;
      table.set(old.subarray(from, from + SLOT), slot);
    }
  }
}

/** A hash of the bytes from `from` up to `to`, in 31 bits. */
function hashBytes(view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = mix(hash ^ view.getInt32(at, true));
  for (; at < to; at++) hash = mix(hash ^ view.getUint8(at));
  return (hash ^ (hash >>> 15)) & 0x7fff_ffff;
}

function mix(hash: number): number {
  const product = Math.imul(hash, 0x9e37_79b1);
  return product ^ (product >>> 13);
}
