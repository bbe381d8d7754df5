/** Each bucket is so much wider than the one before: a percentile is at most 1 % off. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);
/** Nanoseconds; Hubble counts them in 64 bits. */
const LONGEST = 2 ** 63;

/** The slowest bucket. */
export const LAST_BUCKET = 2_207;

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

/** The bucket of so many nanoseconds, from 1 on; 0 where nothing was measured. */
export function bucketOf(nanoseconds: number): number {
  if (!(nanoseconds > 0)) return 0;
  return 1 + Math.max(0, Math.ceil(Math.log(Math.min(nanoseconds, LONGEST)) / LOG_GROWTH));
}

/** Buckets, the fastest first, and how many are in each. */
interface Counts {
  buckets: number[];
  counts: number[];
}

/** Others that may wait to be added up: they are held as long. */
const MOST_WAITING = 32;
/** By bucket; all zeros between two uses. */
const added = new Float64Array(LAST_BUCKET + 1);

/**
 * How long answers took: counts in buckets of a logarithmic scale (after DDSketch, https://arxiv.org/abs/1908.10693),
 * which add up in any order.
 */
export class Latencies {
  /** Those in which there are any, the fastest first, and how many are in each: two lists take little room. */
  #buckets: number[] = [];
  #counts: number[] = [];
  /** They are another's as well, until either is added to. */
  #isShared = false;
  /** Others that were merged into it, and are not yet in the lists. */
  #waiting: Counts[] = [];
  #measured = 0;
  #paired = 0;

  constructor(private readonly room?: Room) {}

  get measured(): number {
    return this.#measured;
  }

  /** How many of them we found by pairing; where some found no room, at most so many. */
  get paired(): number {
    return Math.min(this.#paired, this.#measured);
  }

  /** False when there is no room to count it. */
  add(bucket: number, count = 1, paired = 0): boolean {
    this.#settle();
    const at = this.#placeOf(bucket);
    const isKnown = this.#buckets[at] === bucket;
    if (!isKnown && this.room?.take() === false) return false;
    if (this.#isShared) this.#part();
    if (isKnown) this.#counts[at] = (this.#counts[at] ?? 0) + count;
    else {
      this.#buckets.splice(at, 0, bucket);
      this.#counts.splice(at, 0, count);
    }
    this.#measured += count;
    this.#paired += paired;
    return true;
  }

  /** All of another's, as far as there is room. */
  merge(other: Latencies): void {
    other.#settle();
    this.#paired += other.paired;
    if (this.room !== undefined) for (const [bucket, count] of other.counts()) this.add(bucket, count);
    else this.#share(other);
  }

  /** Most are merged into nothing, and never added to again. */
  #share(other: Latencies): void {
    other.#isShared = true;
    this.#measured += other.#measured;
    const [buckets, counts] = [other.#buckets, other.#counts];
    if (this.#buckets.length > 0) {
      this.#waiting.push({ buckets, counts });
      if (this.#waiting.length === MOST_WAITING) this.#settle();
      return;
    }
    this.#buckets = buckets;
    this.#counts = counts;
    this.#isShared = true;
  }

  /** Adds up what waits. */
  #settle(): void {
    if (this.#waiting.length === 0) return;
    let [first, last] = [LAST_BUCKET, 0];
    for (const { buckets, counts } of [{ buckets: this.#buckets, counts: this.#counts }, ...this.#waiting]) {
      first = Math.min(first, buckets[0] ?? LAST_BUCKET);
      last = Math.max(last, buckets.at(-1) ?? 0);
      for (let i = 0; i < buckets.length; i++) {
        const bucket = buckets[i] ?? 0;
        added[bucket] = (added[bucket] ?? 0) + (counts[i] ?? 0);
      }
    }
    this.#waiting = [];
    this.#buckets = [];
    this.#counts = [];
    this.#isShared = false;
    for (let bucket = first; bucket <= last; bucket++) {
      const count = added[bucket] ?? 0;
      if (count === 0) continue;
      this.#buckets.push(bucket);
      this.#counts.push(count);
      added[bucket] = 0;
    }
  }

  /** Where the bucket stands, or belongs. */
  #placeOf(bucket: number): number {
    const buckets = this.#buckets;
    let [from, to] = [0, buckets.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((buckets[middle] ?? 0) < bucket) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #part(): void {
    this.#buckets = this.#buckets.slice();
    this.#counts = this.#counts.slice();
    this.#isShared = false;
  }

  /** Buckets and how many are in each, the fastest first. */
  counts(): [bucket: number, count: number][] {
    this.#settle();
    return this.#buckets.map((bucket, i) => [bucket, this.#counts[i] ?? 0]);
  }

  /** Nanoseconds that a part of the answers did not exceed, by nearest rank; undefined where none was measured. */
  percentile(part: number): number | undefined {
    return this.percentiles([part])[0];
  }

  /** The same of several parts, which are told in ascending order. */
  percentiles(parts: readonly number[]): (number | undefined)[] {
    this.#settle();
    let at = -1;
    let counted = 0;
    return parts.map((part) => {
      const rank = Math.ceil(part * this.#measured);
      while (counted < rank && at < this.#counts.length - 1) counted += this.#counts[++at] ?? 0;
      const bucket = this.#buckets[at];
      // The middle of the bucket, as far from both of its ends.
      return bucket === undefined ? undefined : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);
    });
  }

  free(): void {
    this.#settle();
    this.room?.giveBack(this.#buckets.length);
    this.#buckets = [];
    this.#counts = [];
    this.#isShared = false;
  }
}

/** Records of answers, measured or not, and how long those took that were. */
export interface Answers {
  count: number;
  latencies: Latencies;
}

/** Milliseconds that parts of the answers did not exceed, at most 1 % off. */
export interface LatencySummary {
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** Answers of which it is known how long they took, */
  measured: number;
  /** of which so many were not told by Hubble, but found by their requests, where any were; */
  paired?: number;
  /** of so many. */
  of: number;
}

export function summarise(latencies: Latencies | undefined, of: number): LatencySummary {
  const told = latencies?.percentiles([0.5, 0.95, 0.99]) ?? [];
  const [p50 = null, p95 = null, p99 = null] = told.map((nanoseconds) =>
    // The buckets tell no more than three digits.
    nanoseconds === undefined ? null : Number((nanoseconds / 1e6).toPrecision(3)),
  );
  return {
    p50,
    p95,
    p99,
    measured: latencies?.measured ?? 0,
    ...(latencies !== undefined && latencies.paired > 0 && { paired: latencies.paired }),
    of,
  };
}
