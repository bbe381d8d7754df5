const TWO_TO_32 = 4294967296;
const hex4 = Array.from({ length: 65536 }, (_, n) => n.toString(16).padStart(4, '0'));
const hex8 = (n) => hex4[n >>> 16] + hex4[n & 65535];
/** What Kubernetes makes names from: neither vowels nor digits that look like letters. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Chance that falls the same way for the same seed: sfc32. */
export class Dice {
  #a = 0x9e3779b9;
  #b = 0x243f6a88;
  #c = 0xb7e15162;
  #d;

  constructor(seed) {
    this.#d = seed | 0;
    for (let i = 0; i < 20; i++) this.next();
  }

  /** A whole number of 32 bits. */
  next() {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** From 0 up to n, without n. */
  below(n) {
    return Math.floor((this.next() / TWO_TO_32) * n);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  happens(probability) {
    return this.next() < probability * TWO_TO_32;
  }

  hex8() {
    return hex8(this.next());
  }

  hex12() {
    return this.hex8() + hex4[this.next() >>> 16];
  }

  mac() {
    return this.hex12()
      .replace(/(..)(?=.)/g, '$1:')
      .replace(/^../, '0e');
  }

  /** All of it is chance but version and variant, as of a real one: what it costs to keep is part of what is measured. */
  uuid() {
    const [a, b, c, d] = [this.next(), this.next(), this.next(), this.next()];
    const third = hex4[b & 0xfff].slice(1);
    const fourth = hex4[((c >>> 16) & 0x3fff) | 0x8000];
    return `${hex8(a)}-${hex4[b >>> 16]}-4${third}-${fourth}-${hex4[c & 0xffff]}${hex8(d)}`;
  }

  /** The end of a pod's name, as Kubernetes generates it. */
  generated(length) {
    let name = '';
    for (let i = 0; i < length; i++) name += letters[this.below(letters.length)];
    return name;
  }

  /** What base64url makes of random bytes; four letters for each three bytes. */
  base64(bytes) {
    const random = Buffer.alloc(bytes);
    for (let at = 0; at < bytes; at++) random[at] = this.next() >>> 24;
    return random.toString('base64url');
  }

  /** Picks from a list so that the first come much more often than the last. */
  zipf(list) {
    return this.weighted(
      list,
      list.map((_, rank) => 1 / (rank + 1) ** 0.9),
    );
  }

  /** Picks from a list by weight; in steps of 1/65,536. */
  weighted(list, weights) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const table = new Uint16Array(65536);
    let [index, until] = [0, weights[0]];
    for (let slot = 0; slot < table.length; slot++) {
      while (((slot + 0.5) / table.length) * total > until && index < list.length - 1)
        until += weights[++index];
      table[slot] = index;
    }
    return () => list[table[this.next() >>> 16]];
  }
}
