import { KEY_BYTES, type FlowKey } from '../../domain/flow/flow-key.js';

const WORDS = KEY_BYTES / 4;
const FULLEST = 0.6;

/**
 * The keys of all flows held, to know a flow that comes again. Open addressing in one typed array:
 * 16 bytes a slot, so about 32 bytes a flow. Uuids and hashes are spread evenly by nature, but a
 * writer may count its uuids up, so all four words take part in the place.
 */
export class KeySet {
  #slots = new Uint32Array(1 << 16);
  #size = 0;
  #holdsZero = false;

  get size(): number {
    return this.#size;
  }

  has(key: FlowKey): boolean {
    return isZero(key, 0) ? this.#holdsZero : this.#occupied(this.#find(key, 0));
  }

  /** False when it was known already. */
  add(key: FlowKey): boolean {
    if (isZero(key, 0)) {
      if (this.#holdsZero) return false;
      this.#size++;
      return (this.#holdsZero = true);
    }
    const slot = this.#find(key, 0);
    if (this.#occupied(slot)) return false;
    this.#put(slot, key, 0);
    return true;
  }

  /** Adds the keys of a whole segment. */
  addAll(bytes: Uint8Array): void {
    const words = new Uint32Array(new Uint8Array(bytes).buffer);
    for (let at = 0; at < words.length; at += WORDS) {
      if (isZero(words, at)) {
        if (!this.#holdsZero) this.#size++;
        this.#holdsZero = true;
        continue;
      }
      const slot = this.#find(words, at);
      if (!this.#occupied(slot)) this.#put(slot, words, at);
    }
  }

  clear(): void {
    this.#slots = new Uint32Array(1 << 16);
    this.#size = 0;
    this.#holdsZero = false;
  }

  #put(slot: number, key: Uint32Array, at: number): void {
    for (let i = 0; i < WORDS; i++) this.#slots[slot + i] = key[at + i] ?? 0;
    this.#size++;
    if (this.#size * WORDS > this.#slots.length * FULLEST) this.#grow();
  }

  /** Index of the slot that holds the key, or of the free one where it belongs. */
  #find(key: Uint32Array, at: number): number {
    const a = key[at] ?? 0;
    const b = key[at + 1] ?? 0;
    const c = key[at + 2] ?? 0;
    const d = key[at + 3] ?? 0;
    const mask = this.#slots.length / WORDS - 1;
    let place = mix(a, b, c, d) & mask;
    for (;;) {
      const slot = place * WORDS;
      if (!this.#occupied(slot)) return slot;
      if (
        this.#slots[slot] === a &&
        this.#slots[slot + 1] === b &&
        this.#slots[slot + 2] === c &&
        this.#slots[slot + 3] === d
      ) {
        return slot;
      }
      place = (place + 1) & mask;
    }
  }

  #occupied(slot: number): boolean {
    return !isZero(this.#slots, slot);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#size = this.#holdsZero ? 1 : 0;
    for (let slot = 0; slot < old.length; slot += WORDS) {
      if (!isZero(old, slot)) this.#put(this.#find(old, slot), old, slot);
    }
  }
}

function isZero(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0;
}

/** The finaliser of MurmurHash3 over the four words. */
function mix(a: number, b: number, c: number, d: number): number {
  let hash = a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
