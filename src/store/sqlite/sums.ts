/** Words of a key. */
const WORDS = 5;

/** What flows of one key add up to. */
export interface Sum {
  key: Int32Array;
  flows: number;
  /** Nanoseconds since 1970. */
  first: bigint;
  last: bigint;
}

/**
 * Adds flows up by keys of five numbers. A hash table over typed arrays: a flow of a key that is there
 * allocates nothing, which objects in a Map would for every flow.
 */
export class Sums {
  #capacity = 1 << 10;
  #keys = new Int32Array(this.#capacity * WORDS);
  #flows = new Float64Array(this.#capacity);
  #first = new BigInt64Array(this.#capacity);
  #last = new BigInt64Array(this.#capacity);
  /** Index plus one; 0 is free. At most half full. */
  #slots = new Uint32Array(this.#capacity * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: Int32Array, flows: number, time: bigint): void {
    const slot = this.#find(key);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known < 0) {
      this.#append(slot, key, flows, time);
      return;
    }
    this.#flows[known] = (this.#flows[known] ?? 0) + flows;
    if (time < (this.#first[known] ?? 0n)) this.#first[known] = time;
    else if (time > (this.#last[known] ?? 0n)) this.#last[known] = time;
  }

  /** Adds all of another's. */
  merge({ key, flows, first, last }: Sum): void {
    const slot = this.#find(key);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known < 0) {
      this.#append(slot, key, flows, first);
      this.#last[this.#size - 1] = last;
      return;
    }
    this.#flows[known] = (this.#flows[known] ?? 0) + flows;
    if (first < (this.#first[known] ?? 0n)) this.#first[known] = first;
    if (last > (this.#last[known] ?? 0n)) this.#last[known] = last;
  }

  /** The keys are only good until the next is taken. */
  *all(): Generator<Sum> {
    for (let i = 0; i < this.#size; i++) {
      yield {
        key: this.#keys.subarray(i * WORDS, (i + 1) * WORDS),
        flows: this.#flows[i] ?? 0,
        first: this.#first[i] ?? 0n,
        last: this.#last[i] ?? 0n,
      };
    }
  }

  #append(slot: number, key: Int32Array, flows: number, time: bigint): void {
    const index = this.#size++;
    this.#slots[slot] = this.#size;
    this.#keys.set(key, index * WORDS);
    this.#flows[index] = flows;
    this.#first[index] = this.#last[index] = time;
    if (this.#size === this.#capacity) this.#grow();
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #find(key: Int32Array): number {
    const mask = this.#slots.length - 1;
    let slot = hash(key) & mask;
    for (;;) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0 || this.#holds(index, key)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #holds(index: number, key: Int32Array): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#keys[index * WORDS + i] !== key[i]) return false;
    return true;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#keys = grown(this.#keys, new Int32Array(this.#capacity * WORDS));
    this.#flows = grown(this.#flows, new Float64Array(this.#capacity));
    this.#first = grown(this.#first, new BigInt64Array(this.#capacity));
    this.#last = grown(this.#last, new BigInt64Array(this.#capacity));
    this.#slots = new Uint32Array(this.#capacity * 2);
    for (let i = 0; i < this.#size; i++) {
      this.#slots[this.#find(this.#keys.subarray(i * WORDS, (i + 1) * WORDS))] = i + 1;
    }
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

function hash(key: Int32Array): number {
  let value = 0;
  for (let i = 0; i < WORDS; i++) {
    value = Math.imul(value ^ (key[i] ?? 0), 0x9e37_79b1);
    value ^= value >>> 15;
  }
  return value >>> 0;
}
