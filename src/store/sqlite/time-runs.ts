/** Seconds from one flow to the next that still belong together: a quiet log is one run, not hundreds. */
const GAP = 60;
/** Of one slice: as many sources, each at a time of its own, can be told apart. */
const MOST_RUNS = 16;

/** A stretch of time in which there may be flows, both seconds counted in. */
export interface TimeRun {
  first: number;
  last: number;
}

const nanoseconds = new BigInt64Array(1);
const words = new Int32Array(nanoseconds.buffer);

/**
 * The second of a time in nanoseconds. By way of a 64-bit float, without the objects that bigints
 * are: a time less than a microsecond before a second may count as it, but always so.
 */
export function secondOf(time: bigint): number {
  nanoseconds[0] = time;
  return Math.floor(((words[1] ?? 0) * 2 ** 32 + ((words[0] ?? 0) >>> 0)) / 1e9);
}

/** The few stretches of time that cover all seconds told. */
export class TimeRuns {
  #runs: TimeRun[] = [];
  #current: TimeRun = { first: 1, last: 0 };

  get runs(): readonly TimeRun[] {
    return this.#runs;
  }

  /** How many they are together. */
  get seconds(): number {
    return this.#runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  /** Whether the second is in the run of the one before it. */
  covers(second: number): boolean {
    return second >= this.#current.first && second <= this.#current.last;
  }

  add(second: number): void {
    if (this.covers(second)) return;
    let run = this.#runOf(second);
    if (run === undefined) {
      this.#runs = joined([...this.#runs, { first: second, last: second }]);
      run = this.#runOf(second);
    }
    if (run !== undefined) this.#current = run;
  }

  #runOf(second: number): TimeRun | undefined {
    return this.#runs.find(({ first, last }) => second >= first && second <= last);
  }
}

function joined(runs: TimeRun[]): TimeRun[] {
  runs.sort((a, b) => a.first - b.first);
  const apart = joinNearer(runs, GAP);
  if (apart.length <= MOST_RUNS) return apart;
  const gaps = apart.slice(1).map(({ first }, i) => first - (apart[i]?.last ?? first));
  return joinNearer(apart, Math.min(...gaps));
}

/** Runs that lie no more than so many seconds apart become one. */
function joinNearer(sorted: readonly TimeRun[], gap: number): TimeRun[] {
  const runs: TimeRun[] = [];
  for (const run of sorted) {
    const before = runs.at(-1);
    if (before !== undefined && run.first - before.last <= gap) before.last = Math.max(before.last, run.last);
    else runs.push({ ...run });
  }
  return runs;
}

/** Rows of a segment from one on, up to the next slice, and when their flows were. */
export interface Slice {
  firstRow: number;
  runs: readonly TimeRun[];
}

/**
 * A slice has so many rows at least, and spreads over so many seconds: where flows are dense, a segment
 * is one slice; of a segment that took hours to fill, only what is near in time has to be looked at.
 */
const LEAST_ROWS = 512;
const LEAST_SECONDS = 8;

/** Cuts the rows of a segment into slices, as they come. */
export class Slices {
  readonly #cuts: Slice[] = [];
  #times = new TimeRuns();
  #firstRow = 0;

  add(row: number, second: number): void {
    if (row - this.#firstRow >= LEAST_ROWS && !this.#times.covers(second)) this.#cut(row);
    this.#times.add(second);
  }

  #cut(row: number): void {
    if (this.#times.seconds < LEAST_SECONDS) return;
    this.#cuts.push(this.#last);
    this.#firstRow = row;
    this.#times = new TimeRuns();
  }

  get #last(): Slice {
    return { firstRow: this.#firstRow, runs: this.#times.runs };
  }

  /** Of the rows so far. */
  get slices(): readonly Slice[] {
    return this.#times.runs.length === 0 ? [] : [...this.#cuts, this.#last];
  }
}
