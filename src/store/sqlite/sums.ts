import { Latencies } from '../../domain/latencies.js';

/** Words of a key. */
const WORDS = 5;

/** What flows of one key add up to. */
export interface Sum {
  key: Int32Array;
  flows: number;
  /** Nanoseconds since 1970. */
  first: bigint;
  last: bigint;
  /** Packets that open a TCP connection, or answer one that does; and that break one off. */
  syns: number;
  resets: number;
  /** Of answers that were measured. */
  latencies: Latencies | undefined;
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
  #syns = new Float64Array(this.#capacity);
  #resets = new Float64Array(this.#capacity);
  /** By index, of the few that have any. */
  readonly #latencies = new Map<number, Latencies>();
  /** Index plus one; 0 is free. At most half full. */
  #slots = new Uint32Array(this.#capacity * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The sum's index, for what else there is to add. */
  add(key: Int32Array, flows: number, time: bigint): number {
    const slot = this.#find(key);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known < 0) return this.#append(slot, key, flows, time);
    this.#flows[known] = (this.#flows[known] ?? 0) + flows;
    if (time < (this.#first[known] ?? 0n)) this.#first[known] = time;
    else if (time > (this.#last[known] ?? 0n)) this.#last[known] = time;
    return known;
  }

  addSigns(index: number, syns: number, resets: number): void {
    this.#syns[index] = (this.#syns[index] ?? 0) + syns;
    this.#resets[index] = (this.#resets[index] ?? 0) + resets;
  }

  addLatency(index: number, bucket: number, isPaired: boolean): void {
    this.#latenciesOf(index).add(bucket, 1, isPaired ? 1 : 0);
  }

  merge({ key, flows, first, last, syns, resets, latencies }: Sum): void {
    const index = this.add(key, flows, first);
    if (last > (this.#last[index] ?? 0n)) this.#last[index] = last;
    this.addSigns(index, syns, resets);
    if (latencies !== undefined) this.#latenciesOf(index).merge(latencies);
  }

  /** The same for each of another's, without making objects of them. */
  mergeAll(other: Sums): void {
    if (this.#size === 0) this.#copy(other);
    else this.#mergeEach(other);
  }

  #copy(other: Sums): void {
    this.#capacity = other.#capacity;
    this.#size = other.#size;
    this.#keys = other.#keys.slice();
    this.#flows = other.#flows.slice();
    this.#first = other.#first.slice();
    this.#last = other.#last.slice();
    this.#syns = other.#syns.slice();
    this.#resets = other.#resets.slice();
    this.#slots = other.#slots.slice();
    for (const [i, latencies] of other.#latencies) this.#latenciesOf(i).merge(latencies);
  }

  #mergeEach(other: Sums): void {
    const key = new Int32Array(WORDS);
    for (let i = 0; i < other.#size; i++) {
      other.#readKey(i, key);
      const index = this.add(key, other.#flows[i] ?? 0, other.#first[i] ?? 0n);
      const last = other.#last[i] ?? 0n;
      if (last > (this.#last[index] ?? 0n)) this.#last[index] = last;
      this.addSigns(index, other.#syns[i] ?? 0, other.#resets[i] ?? 0);
    }
    for (const [i, latencies] of other.#latencies) {
      other.#readKey(i, key);
      this.#latenciesOf((this.#slots[this.#find(key)] ?? 0) - 1).merge(latencies);
    }
  }

  #latenciesOf(index: number): Latencies {
    let latencies = this.#latencies.get(index);
    if (latencies === undefined) this.#latencies.set(index, (latencies = new Latencies()));
    return latencies;
  }

  /** The keys are only good until the next is taken. */
  *all(): Generator<Sum> {
    const key = new Int32Array(WORDS);
    for (let i = 0; i < this.#size; i++) yield this.at(i, key);
  }

  /** By index, the key in this list. */
  at(i: number, key = new Int32Array(WORDS)): Sum {
    this.#readKey(i, key);
    return {
      key,
      flows: this.#flows[i] ?? 0,
      first: this.#first[i] ?? 0n,
      last: this.#last[i] ?? 0n,
      syns: this.#syns[i] ?? 0,
      resets: this.#resets[i] ?? 0,
      latencies: this.#latencies.get(i),
    };
  }

  #readKey(i: number, key: Int32Array): void {
    for (let word = 0; word < WORDS; word++) key[word] = this.#keys[i * WORDS + word] ?? 0;
  }

  /** The indexes in order of the keys. */
  order(): Uint32Array {
    const keys = this.#keys;
    const indexes = new Uint32Array(this.#size);
    for (let i = 0; i < indexes.length; i++) indexes[i] = i;
    return indexes.sort((a, b) => {
      for (let word = 0; word < WORDS; word++) {
        const step = (keys[a * WORDS + word] ?? 0) - (keys[b * WORDS + word] ?? 0);
        if (step !== 0) return step;
      }
      return 0;
    });
  }

  /** First word of a key. */
  unitAt(i: number): number {
    return this.#keys[i * WORDS] ?? 0;
  }

  #append(slot: number, key: Int32Array, flows: number, time: bigint): number {
    const index = this.#size++;
    this.#slots[slot] = this.#size;
    this.#keys.set(key, index * WORDS);
    this.#flows[index] = flows;
    this.#first[index] = this.#last[index] = time;
    if (this.#size === this.#capacity) this.#grow();
    return index;
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
    this.#syns = grown(this.#syns, new Float64Array(this.#capacity));
    this.#resets = grown(this.#resets, new Float64Array(this.#capacity));
    this.#slots = new Uint32Array(this.#capacity * 2);
    const key = new Int32Array(WORDS);
    for (let i = 0; i < this.#size; i++) {
      this.#readKey(i, key);
      this.#slots[this.#find(key)] = i + 1;
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
