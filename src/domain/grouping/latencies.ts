/** Each bucket is so much wider than the one before: a percentile is at most 1 % off. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);

/** Buckets that many histograms share, so that all of them together are bounded. */
export class Room {
  constructor(private left: number) {}

  take(): boolean {
    if (this.left <= 0) return false;
    this.left--;
    return true;
  }

  giveBack(cells: number): void {
    this.left += cells;
  }
}

/**
 * How long answers took: counts in buckets of a logarithmic scale (after DDSketch, https://arxiv.org/abs/1908.10693),
 * which add up in any order.
 */
export class Latencies {
  readonly #counts = new Map<number, number>();
  #measured = 0;

  constructor(private readonly room: Room) {}

  get measured(): number {
    return this.#measured;
  }

  /** Nanoseconds, more than 0. False when there is no room to count it. */
  add(latency: number): boolean {
    const bucket = Math.ceil(Math.log(latency) / LOG_GROWTH);
    const count = this.#counts.get(bucket);
    if (count === undefined && !this.room.take()) return false;
    this.#counts.set(bucket, (count ?? 0) + 1);
    this.#measured++;
    return true;
  }

  /** Nanoseconds that a part of the answers did not exceed, by nearest rank; undefined where none was measured. */
  percentile(part: number): number | undefined {
    const rank = Math.ceil(part * this.#measured);
    let counted = 0;
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      counted += count;
      // The middle of the bucket, as far from both of its ends.
      if (counted >= rank) return (2 * GROWTH ** bucket) / (GROWTH + 1);
    }
    return undefined;
  }

  free(): void {
    this.room.giveBack(this.#counts.size);
    this.#counts.clear();
  }
}
