import { ByteArena } from './byte-arena.js';

const SMALLEST = 1 << 10;
/** There is no such number. */
export const NONE = -1;

/**
 * Gives numbers, from 0 on, to names, which are bytes found without making a string of them. The
 * table is one array of numbers: a name is looked up several times for each record.
 */
export class ByteNumbers {
  /** For each slot the hash and the number plus one; 0 is free. At most half full. */
  #table = new Int32Array(SMALLEST * 2);
  readonly #names = new ByteArena();
  /** Where each name begins; the next begins where it ends. */
  #starts: number[] = [0];

  get size(): number {
    return this.#starts.length - 1;
  }

  /** `NONE` for a name that is new. */
  find(view: DataView, from: number, to: number): number {
    const slot = this.#find(view, from, to, hashBytes(view, from, to));
    return (this.#table[slot + 1] ?? 0) - 1;
  }

  /** The name must not be there yet. */
  add(view: DataView, from: number, to: number): number {
    const hash = hashBytes(view, from, to);
    const slot = this.#find(view, from, to, hash);
    const start = this.#names.add(view, from, to);
    this.#table[slot] = hash;
    this.#table[slot + 1] = this.#starts.push(start + to - from) - 1;
    if (this.size * 4 > this.#table.length) this.#grow();
    return this.size - 1;
  }

  clear(): void {
    this.#table = new Int32Array(SMALLEST * 2);
    this.#names.clear();
    this.#starts = [0];
  }

  /** The slot that holds the name, or the free one where it belongs. */
  #find(view: DataView, from: number, to: number, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = (hash * 2) & mask;
    for (;;) {
      const number = (table[slot + 1] ?? 0) - 1;
      if (number === NONE || (table[slot] === hash && this.#isNamed(number, view, from, to))) return slot;
      slot = (slot + 2) & mask;
    }
  }

  #isNamed(number: number, view: DataView, from: number, to: number): boolean {
    const start = this.#starts[number] ?? 0;
    const length = (this.#starts[number + 1] ?? 0) - start;
    return length === to - from && this.#names.standsAt(start, length, view, from, to);
  }

  #grow(): void {
    const old = this.#table;
    const table = (this.#table = new Int32Array(old.length * 2));
    const mask = table.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let slot = ((old[from] ?? 0) * 2) & mask;
      while (table[slot + 1] !== 0) slot = (slot + 2) & mask;
      table[slot] = old[from] ?? 0;
      table[slot + 1] = old[from + 1] ?? 0;
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
