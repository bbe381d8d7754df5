/** Set forward by more than this, in milliseconds, a clock is doubted; less is how clocks are kept right. */
const JUMP = 3_600_000;
/** So long it must stay so to be believed. */
const UNTIL_BELIEVED = 3_600_000;

/**
 * The clock that tells how old flows are. One that jumps forward would make everything old at once, and what is
 * removed does not come back when it is set right again: so it is believed only when it has stayed so.
 */
export class SteadyClock {
  /** What is to be added to the milliseconds elapsed. */
  #shift: number;
  #doubtedSince: number | undefined;

  constructor(
    private readonly clock: () => number,
    /** Milliseconds that only ever grow, whatever is done to the clock. */
    private readonly elapsed: () => number,
  ) {
    this.#shift = clock() - elapsed();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const elapsed = this.elapsed();
    const shift = this.clock() - elapsed;
    if (shift - this.#shift <= JUMP) this.#believe(shift);
    else {
      this.#doubtedSince ??= elapsed;
      if (elapsed - this.#doubtedSince >= UNTIL_BELIEVED) this.#believe(shift);
    }
    return elapsed + this.#shift;
  }

  /** By how many milliseconds the clock is ahead of what is believed. */
  get doubted(): number {
    return this.clock() - this.now();
  }

  #believe(shift: number): void {
    this.#shift = shift;
    this.#doubtedSince = undefined;
  }
}
