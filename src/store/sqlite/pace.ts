import { setImmediate } from 'node:timers/promises';

/** Milliseconds of the event loop that a reader takes at a time. */
const TURN = 2;
/** Rows at a stretch: where each takes long, to begin with, and at most. */
const FEWEST = 16;
const USUAL = 256;
const MOST = 1 << 13;

/** How many rows are read at a stretch: as many as take about as long as others can wait. */
export class Pace {
  #rows = USUAL;
  #begun = performance.now();

  constructor(private readonly turn: () => Promise<void> = setImmediate) {}

  get rows(): number {
    return this.#rows;
  }

  /** After each stretch: others have their turn, if this one has lasted. */
  async pause(): Promise<void> {
    const took = performance.now() - this.#begun;
    if (took < TURN / 2) {
      this.#rows = Math.min(MOST, this.#rows * 2);
      return;
    }
    if (took > TURN) this.#rows = Math.max(FEWEST, this.#rows >> 1);
    await this.turn();
    this.#begun = performance.now();
  }
}
