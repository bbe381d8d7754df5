import { Latencies, type Answers } from '../../domain/latencies.js';
import type { Count } from '../queries.js';
import { Pairs } from './pairs.js';
import { copyTime, isBefore, timeWords } from './time-words.js';
import { floor } from './trait-minutes.js';

/** Rows of one segment that are counted, and what each of them is. */
export interface SeenRows {
  readonly rows: Uint32Array;
  /** One for each of these. */
  readonly keys: Int32Array;
  /** Of all rows of the segment, as are the weights. Without times, nobody asks when. */
  readonly times: BigInt64Array | undefined;
  readonly earliest: bigint;
  readonly weights: ArrayLike<number>;
  readonly answers: readonly SeenAnswer[];
}

/** A row that is an answer. */
export interface SeenAnswer {
  /** Its place among the rows. */
  readonly at: number;
  /** Of its latency; 0 where it was not measured. */
  readonly bucket: number;
  readonly isPaired: boolean;
}

/** Counts that are held before they are told: some 50 bytes each, and what answers they have. */
const MOST = 1 << 16;
const SMALLEST = 1 << 8;
const WORD = 2 ** 32;
/** Nanoseconds that are exact as a number: a hundred days. */
const EXACT = Number.MAX_SAFE_INTEGER;

/**
 * Adds up rows of segment after segment by keys, which are small numbers, and by buckets of time where these are asked
 * for. Times are looked at as words, the lower one first: bigints would have to be made for each.
 */
export class RowCounter {
  /** Buckets, by the words of their begin; and numbers of keys in buckets. */
  readonly #buckets = new Pairs();
  readonly #inBuckets = new Pairs();
  readonly #step: number;
  /** By key, or by that number. */
  #size = 0;
  #count = new Float64Array(SMALLEST);
  #flows = new Float64Array(SMALLEST);
  #first = new BigInt64Array(SMALLEST);
  #last = new BigInt64Array(SMALLEST);
  readonly #answers = new Map<number, Answers>();

  constructor(private readonly step: bigint | undefined) {
    this.#step = Number(step ?? 0n);
  }

  get isFull(): boolean {
    return this.#size >= MOST;
  }

  add(seen: SeenRows): void {
    const { rows, keys, times, weights } = seen;
    const numbers = times === undefined || this.step === undefined ? keys : this.#numbersOf(seen, times);
    for (let i = 0; i < rows.length; i++) {
      const number = numbers[i] ?? 0;
      if (number >= this.#size) this.#growTo(number + 1);
      this.#count[number] = (this.#count[number] ?? 0) + 1;
      this.#flows[number] = (this.#flows[number] ?? 0) + (weights[rows[i] ?? 0] ?? 1);
    }
    if (times !== undefined) this.#noteTimes(rows, numbers, times);
    for (const { at, bucket, isPaired } of seen.answers) {
      const number = numbers[at] ?? 0;
      let answers = this.#answers.get(number);
      if (answers === undefined)
        this.#answers.set(number, (answers = { count: 0, latencies: new Latencies() }));
      addAnswers(answers, bucket, 1, isPaired ? 1 : 0);
    }
  }

  #noteTimes(rows: Uint32Array, numbers: Int32Array, times: BigInt64Array): void {
    const words = timeWords(times);
    const first = timeWords(this.#first);
    const last = timeWords(this.#last);
    for (let i = 0; i < rows.length; i++) {
      const [row, number] = [(rows[i] ?? 0) * 2, (numbers[i] ?? 0) * 2];
      if (isBefore(words, row, first, number)) copyTime(words, row, first, number);
      if (isBefore(last, number, words, row)) copyTime(words, row, last, number);
    }
  }

  #numbersOf({ rows, keys, earliest }: SeenRows, times: BigInt64Array): Int32Array {
    const words = timeWords(times);
    const [step, exactStep] = [this.#step, this.step ?? 1n];
    const base = floor(earliest, exactStep);
    const [baseHigh, baseLow] = [highOf(base), lowOf(base)];
    // Most rows lie in the bucket of the one before.
    let [bucket, begin] = [0, -step];
    return keys.map((key, i) => {
      const row = rows[i] ?? 0;
      const low = (words[row * 2] ?? 0) >>> 0;
      const high = words[row * 2 + 1] ?? 0;
      const offset = (high - baseHigh) * WORD + low - baseLow;
      if (offset > EXACT) {
        bucket = this.#bucketAt(floor(times[row] ?? 0n, exactStep));
        begin = Infinity;
      } else if (offset < begin || offset >= begin + step) {
        const rest = offset % step;
        bucket = this.#bucketOf(high, low, rest);
        begin = offset - rest;
      }
      return this.#inBuckets.of(key, bucket);
    });
  }

  /** That which begins so long before a time. */
  #bucketOf(high: number, low: number, rest: number): number {
    const beginLow = low - (rest % WORD);
    return this.#buckets.of(high - Math.floor(rest / WORD) - (beginLow < 0 ? 1 : 0), beginLow | 0);
  }

  #bucketAt(begin: bigint): number {
    return this.#buckets.of(highOf(begin), lowOf(begin) | 0);
  }

  #growTo(size: number): void {
    let room = this.#count.length;
    while (room < size) room *= 2;
    if (room > this.#count.length) {
      this.#count = grown(this.#count, new Float64Array(room));
      this.#flows = grown(this.#flows, new Float64Array(room));
      this.#first = grown(this.#first, new BigInt64Array(room));
      this.#last = grown(this.#last, new BigInt64Array(room));
    }
    this.#first.fill(LATEST, this.#size, size);
    this.#last.fill(EARLIEST, this.#size, size);
    this.#size = size;
  }

  counts<T>(answersOf: (key: number) => readonly T[]): Count<T>[] {
    const counts: Count<T>[] = [];
    for (let number = 0; number < this.#size; number++) {
      if (this.#count[number] === 0) continue;
      const first = this.#first[number] ?? 0n;
      const last = this.#last[number] ?? 0n;
      const isTimed = first <= last;
      const answers = this.#answers.get(number);
      counts.push({
        key: answersOf(this.#keyOf(number)),
        count: this.#count[number] ?? 0,
        flows: this.#flows[number] ?? 0,
        first: isTimed ? first : 0n,
        last: isTimed ? last : 0n,
        ...(answers === undefined ? {} : { answers }),
      });
    }
    return counts;
  }

  #keyOf(number: number): number {
    return this.step === undefined ? number : this.#inBuckets.at(number)[0];
  }
}

const EARLIEST = -(1n << 63n);
const LATEST = (1n << 63n) - 1n;

export function addAnswers(answers: Answers, bucket: number, count: number, paired: number): void {
  answers.count += count;
  if (bucket > 0) answers.latencies.add(bucket, count, paired);
}

function highOf(time: bigint): number {
  return Number(time >> 32n);
}

function lowOf(time: bigint): number {
  return Number(BigInt.asUintN(32, time));
}

function grown<A extends Float64Array | BigInt64Array>(from: A, to: A): A {
  to.set(from as never);
  return to;
}
