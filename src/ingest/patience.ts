/** Records that taught a template for nothing, before only a few are scanned and fewer are learned from. */
const MOST = 1_000;
/** So many of them a record makes up for that was told like another. */
const WORTH = 4;
const SCAN_ONE_IN = 16;
const LEARN_ONE_IN = 256;

/**
 * Where no two records are told alike, scanning them and learning from them costs more than it
 * brings: templates by the thousand that no record ever follows again.
 */
export class Patience {
  #misses = 0;
  #scanned = 0;
  #learned = 0;

  scansNext(): boolean {
    return this.#misses < MOST || ++this.#scanned % SCAN_ONE_IN === 0;
  }

  /** A record was not told like another. */
  learnsNext(): boolean {
    if (this.#misses >= MOST) return ++this.#learned % LEARN_ONE_IN === 0;
    this.#misses++;
    return true;
  }

  /** A record was. */
  reward(): void {
    if (this.#misses > 0) this.#misses = Math.max(0, this.#misses - WORTH);
  }
}
