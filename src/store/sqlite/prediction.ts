const SLOTS = 1 << 14;
/** Of companies: written numbers below are theirs. */
const COMPANIES = 3;

/**
 * Foretells a number from what goes with it, its company: the last one that was seen in the same, the
 * closest of three first. Whoever writes and whoever reads sees the same numbers in the same order, so of a
 * right guess only is written whose it was. Different companies may share a slot; then a guess is
 * wrong, and that is all.
 */
export class Prediction {
  readonly #first = new Uint32Array(SLOTS);
  readonly #second = new Uint32Array(SLOTS);
  readonly #third = new Uint32Array(SLOTS);
  #one = 0;
  #two = 0;
  #three = 0;

  /** The companies of the next number, from the closest to the widest: whoever writes and reads must name the same. */
  among(one: number, two: number, three: number): this {
    this.#one = one & (SLOTS - 1);
    this.#two = two & (SLOTS - 1);
    this.#three = three & (SLOTS - 1);
    return this;
  }

  /** What to write instead of the value: the number of the company that guessed right, else the value plus three. */
  write(value: number): number {
    let written = value + COMPANIES;
    if (this.#first[this.#one] === value) written = 0;
    else if (this.#second[this.#two] === value) written = 1;
    else if (this.#third[this.#three] === value) written = 2;
    this.#learn(value);
    return written;
  }

  read(written: number): number {
    let value = written - COMPANIES;
    if (written === 0) value = this.#first[this.#one] ?? 0;
    else if (written === 1) value = this.#second[this.#two] ?? 0;
    else if (written === 2) value = this.#third[this.#three] ?? 0;
    this.#learn(value);
    return value;
  }

  #learn(value: number): void {
    this.#first[this.#one] = value;
    this.#second[this.#two] = value;
    this.#third[this.#three] = value;
  }
}

export function company(a: number, b: number, c = 0): number {
  let value = Math.imul(a, 0x9e37_79b1) ^ Math.imul(b, 0x85eb_ca6b) ^ Math.imul(c, 0xc2b2_ae35);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b_3c6d);
  return value ^ (value >>> 13);
}
