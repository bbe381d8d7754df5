const SLOTS = 1 << 14;

/**
 * Foretells a number from what goes with it: the last one that was seen in the same company. Whoever
 * writes and whoever reads sees the same numbers in the same order, so a right guess need not be
 * written. Different companies may share a slot; then a guess is wrong, and that is all.
 */
export class Prediction {
  readonly #last = new Uint32Array(SLOTS);

  /** What to write instead of the value: 0 for a right guess, else the value plus one. */
  write(company: number, value: number): number {
    const slot = company & (SLOTS - 1);
    if (this.#last[slot] === value) return 0;
    this.#last[slot] = value;
    return value + 1;
  }

  read(company: number, written: number): number {
    const slot = company & (SLOTS - 1);
    if (written === 0) return this.#last[slot] ?? 0;
    return (this.#last[slot] = written - 1);
  }
}

export function company(a: number, b: number, c = 0): number {
  let value = Math.imul(a, 0x9e37_79b1) ^ Math.imul(b, 0x85eb_ca6b) ^ Math.imul(c, 0xc2b2_ae35);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b_3c6d);
  return value ^ (value >>> 13);
}
