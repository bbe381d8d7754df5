const SMALLEST = 1 << 10;

/** Pairs of 32 bits each, numbered from 0 in the order in which they came: a hash table over typed arrays. */
export class Pairs {
  #size = 0;
  #pairs = new Int32Array(SMALLEST);
  /** A pair's number plus one; 0 is free. At most half full. */
  #slots = new Int32Array(SMALLEST);

  get size(): number {
    return this.#size;
  }

  of(first: number, second: number): number {
    const slot = this.#find(first, second);
    const number = (this.#slots[slot] ?? 0) - 1;
    return number < 0 ? this.#add(first, second, slot) : number;
  }

  /** Numbers the pairs of two lists: the numbers take the place of the first ones. */
  join(firsts: Int32Array, seconds: Int32Array): void {
    for (let i = 0; i < firsts.length; i++) firsts[i] = this.of(firsts[i] ?? 0, seconds[i] ?? 0);
  }

  at(number: number): readonly [first: number, second: number] {
    return [this.#pairs[number * 2] ?? 0, this.#pairs[number * 2 + 1] ?? 0];
  }

  /** The slot of a pair, or the free one where it belongs. */
  #find(first: number, second: number): number {
    const slots = this.#slots;
    const pairs = this.#pairs;
    const mask = slots.length - 1;
    const hash = Math.imul(Math.imul(first, 0x9e37_79b1) ^ second, 0x85eb_ca6b);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = ((slots[slot] ?? 0) - 1) * 2;
      if (at < 0 || (pairs[at] === first && pairs[at + 1] === second)) return slot;
    }
  }

  #add(first: number, second: number, slot: number): number {
    const number = this.#size++;
    this.#pairs[number * 2] = first;
    this.#pairs[number * 2 + 1] = second;
    this.#slots[slot] = number + 1;
    if (this.#size * 2 === this.#slots.length) this.#grow();
    return number;
  }

  #grow(): void {
    const pairs = new Int32Array(this.#pairs.length * 2);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number++)
      this.#slots[this.#find(pairs[number * 2] ?? 0, pairs[number * 2 + 1] ?? 0)] = number + 1;
  }
}
