const SLOTS = 1 << 14;

/** What a number goes with, from the closest company to the widest: whoever writes and reads must name the same. */
export type Companies = readonly [number, number, number];

/**
 * Foretells a number from what goes with it: the last one that was seen in the same company, the
 * closest first. Whoever writes and whoever reads sees the same numbers in the same order, so of a
 * right guess only is written whose it was. Different companies may share a slot; then a guess is
 * wrong, and that is all.
 */
export class Prediction {
  readonly #last = [new Uint32Array(SLOTS), new Uint32Array(SLOTS), new Uint32Array(SLOTS)] as const;

  /** What to write instead of the value: the number of the company that guessed right, else the value plus three. */
  write(companies: Companies, value: number): number {
    const right = companies.findIndex((company, i) => this.#last[i]?.[company & (SLOTS - 1)] === value);
    this.#learn(companies, value);
    return right < 0 ? value + companies.length : right;
  }

  read(companies: Companies, written: number): number {
    const company = companies[written];
    const value =
      company === undefined
        ? written - companies.length
        : (this.#last[written]?.[company & (SLOTS - 1)] ?? 0);
    this.#learn(companies, value);
    return value;
  }

  #learn(companies: Companies, value: number): void {
    this.#last[0][companies[0] & (SLOTS - 1)] = value;
    this.#last[1][companies[1] & (SLOTS - 1)] = value;
    this.#last[2][companies[2] & (SLOTS - 1)] = value;
  }
}

export function company(a: number, b: number, c = 0): number {
  let value = Math.imul(a, 0x9e37_79b1) ^ Math.imul(b, 0x85eb_ca6b) ^ Math.imul(c, 0xc2b2_ae35);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b_3c6d);
  return value ^ (value >>> 13);
}
