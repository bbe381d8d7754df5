/** Buckets of equal length that begin at whole multiples of it since 1970. Nanoseconds. */
export interface Buckets {
  from: bigint;
  step: bigint;
  count: number;
}

/** Those that reach from one time to another. */
export function bucketsOf(first: bigint, last: bigint, step: bigint): Buckets {
  const from = floor(first, step);
  return { from, step, count: Number((floor(last, step) - from) / step) + 1 };
}

export function bucketAt({ from, step }: Buckets, time: bigint): number {
  return Number((time - from) / step);
}

/** Counts in each bucket, of each value on its own, as far as there is room. */
export class Series {
  readonly #counts = new Map<string, Float64Array>();
  #isWhole = true;

  constructor(
    private readonly buckets: number,
    private readonly room: number,
  ) {}

  /** False when there were more values than there is room for; then the counts tell nothing. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  add(value: string, bucket: number, count = 1): void {
    if (!this.#isWhole) return;
    let counts = this.#counts.get(value);
    if (counts === undefined) {
      if ((this.#counts.size + 1) * this.buckets > this.room && this.#counts.size > 0) {
        this.#isWhole = false;
        this.#counts.clear();
        return;
      }
      this.#counts.set(value, (counts = new Float64Array(this.buckets)));
    }
    counts[bucket] = (counts[bucket] ?? 0) + count;
  }

  of(value: string): number[] {
    return Array.from(this.#counts.get(value) ?? new Float64Array(this.buckets));
  }

  /** All but these, together. */
  without(values: ReadonlySet<string>): number[] {
    const sum = new Float64Array(this.buckets);
    for (const [value, counts] of this.#counts) {
      if (values.has(value)) continue;
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (counts[i] ?? 0);
    }
    return Array.from(sum);
  }
}

function floor(time: bigint, step: bigint): bigint {
  const rest = time % step;
  return rest < 0n ? time - rest - step : time - rest;
}
