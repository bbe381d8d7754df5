import { viewOf } from './byte-text.js';

const SMALLEST = 1 << 10;

/**
 * Values by the bytes of their names, found without making a string of them. All names lie in one
 * buffer and the table is one array of numbers: a name is looked up several times for each record,
 * and every object on the way would be another miss of the processor's cache.
 */
export class ByteMap<V> {
  /** For each slot the hash and the number of the entry plus one; 0 is free. At most half full. */
  #table = new Int32Array(SMALLEST * 2);
  #names = new Uint8Array(SMALLEST * 16);
  #view = viewOf(this.#names);
  /** Where the name of each entry begins; the next begins where it ends. */
  #starts: number[] = [0];
  #values: V[] = [];

  get size(): number {
    return this.#values.length;
  }

  get(view: DataView, from: number, to: number): V | undefined {
    const entry = this.#table[this.#find(view, from, to, hashBytes(view, from, to)) + 1] ?? 0;
    return entry === 0 ? undefined : this.#values[entry - 1];
  }

  /** The name must not be there yet. */
  set(view: DataView, from: number, to: number, value: V): void {
    const hash = hashBytes(view, from, to);
    const slot = this.#find(view, from, to, hash);
    const start = this.#starts.at(-1) ?? 0;
    if (start + to - from > this.#names.length) this.#growNames(start + to - from);
    for (let at = from; at < to; at++) this.#names[start + at - from] = view.getUint8(at);
    this.#starts.push(start + to - from);
    this.#table[slot] = hash;
    this.#table[slot + 1] = this.#values.push(value);
    if (this.#values.length * 4 > this.#table.length) this.#growTable();
  }

  clear(): void {
    this.#table = new Int32Array(SMALLEST * 2);
    this.#starts = [0];
    this.#values = [];
  }

  /** The slot that holds the name, or the free one where it belongs. */
  #find(view: DataView, from: number, to: number, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = (hash * 2) & mask;
    for (;;) {
      const entry = table[slot + 1] ?? 0;
      if (entry === 0 || (table[slot] === hash && this.#holds(entry - 1, view, from, to))) return slot;
      slot = (slot + 2) & mask;
    }
  }

  #holds(entry: number, view: DataView, from: number, to: number): boolean {
    let name = this.#starts[entry] ?? 0;
    if ((this.#starts[entry + 1] ?? 0) - name !== to - from) return false;
    let at = from;
    for (; at + 4 <= to; at += 4, name += 4) {
      if (view.getInt32(at, true) !== this.#view.getInt32(name, true)) return false;
    }
    for (; at < to; at++, name++) if (view.getUint8(at) !== this.#names[name]) return false;
    return true;
  }

  #growNames(needed: number): void {
    const names = new Uint8Array(Math.max(needed, this.#names.length * 2));
    names.set(this.#names);
    this.#names = names;
    this.#view = viewOf(names);
  }

  #growTable(): void {
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
