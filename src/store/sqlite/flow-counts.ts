import type { Traits } from '../../domain/flow/flow.js';
import { Latencies } from '../../domain/latencies.js';
import type { Count, CountQuery, HeldFlow } from '../queries.js';
import { matchingRows } from './matching-rows.js';
import { RowKeys, type Ask, type NumberedAnswers } from './row-keys.js';
import type { Stretch } from './segment-visits.js';
import type { TraitAnswers } from './trait-answers.js';
import { floor, MINUTE, type TraitMinutes } from './trait-minutes.js';

/** Counts flows by what is asked of each and by buckets of time, segment by segment. */
export class FlowCounts<T> {
  readonly #byTraits = new Map<Traits, Told<T>>();
  #asksMore = false;

  constructor(
    private readonly query: CountQuery,
    private readonly asks: readonly Ask<T>[],
    /** Shared with other questions, so from stretch to stretch it may be another. */
    private readonly answersTo: (ask: Ask<T>) => NumberedAnswers<T>,
  ) {}

  get asksLatencies(): boolean {
    return this.query.latencies === true;
  }

  /** Whether sums may tell: each lies in one bucket, and so far nothing but traits was asked. */
  get canBeSums(): boolean {
    const { step } = this.query;
    // Answers are not told apart by minutes.
    return !this.#asksMore && (step === undefined || (step % MINUTE === 0n && !this.asksLatencies));
  }

  ofRows(stretch: Stretch): Count<T>[] {
    const { segment } = stretch;
    const { filter, window, step, untimed } = this.query;
    const { weight } = segment.columns;
    const time = untimed ? undefined : segment.columns.time;
    const keys = new RowKeys(this.asks.map(this.answersTo), segment);
    const counter = new Counter((number: number) => keys.key(number), step);
    for (const row of matchingRows(stretch, filter, window)) {
      const at = time?.[row] ?? 0n;
      const sum = counter.add(keys.of(row), 1, weight[row] ?? 1, at, at);
      if (!this.asksLatencies) continue;
      const bucket = segment.answer(row);
      if (bucket >= 0) addAnswers(sum, bucket, 1, segment.isPaired(row) ? 1 : 0);
    }
    return counter.counts;
  }

  /** Undefined where more than traits is asked. */
  ofSums({ traits, whole, minutes }: TraitMinutes, answers?: TraitAnswers): Count<T>[] | undefined {
    const counter = new Counter((key: readonly T[]) => key, this.query.step);
    const groups = traits.map((each) => this.#askTraits(each));
    const answering = answers?.traits.map((each) => this.#askTraits(each));
    if (this.#asksMore) return undefined;
    const { number, count, weight, first, last } = this.query.step === undefined ? whole : minutes;
    for (let i = 0; i < number.length; i++) {
      const told = groups[number[i] ?? 0];
      if (typeof told !== 'object') continue;
      counter.add(told.key, count[i] ?? 0, weight[i] ?? 0, first[i] ?? 0n, last[i] ?? 0n);
    }
    if (answers === undefined) return counter.counts;
    for (let i = 0; i < answers.number.length; i++) {
      const told = answering?.[answers.number[i] ?? 0];
      const sum = typeof told === 'object' ? counter.sumOf(told.key) : undefined;
      if (sum) addAnswers(sum, answers.bucket[i] ?? 0, answers.count[i] ?? 0, answers.paired[i] ?? 0);
    }
    return counter.counts;
  }

  #askTraits(traits: Traits): Told<T> {
    let told = this.#byTraits.get(traits);
    if (told === undefined) this.#byTraits.set(traits, (told = this.#ask(traits)));
    return told;
  }

  /** Asks a flow of which only the traits are told. */
  #ask(traits: Traits): Told<T> {
    const flow = new Proxy({ traits } as HeldFlow, { get: onlyTraits });
    try {
      const { filter } = this.query;
      if (!filter.isEmpty && !filter.matches(flow)) return 'does not pass';
      return { key: this.asks.map((ask) => ask(flow)) };
    } catch (error) {
      if (error !== MORE) throw error;
      this.#asksMore = true;
      return 'does not pass';
    }
  }
}

type Told<T> = 'does not pass' | { key: readonly T[] };

const MORE = new Error('more than traits is asked');

function onlyTraits(flow: HeldFlow, name: string | symbol): Traits {
  if (name === 'traits') return flow.traits;
  throw MORE;
}

/** Adds up by key and bucket; a bucket may come again. */
class Counter<K, T> {
  readonly counts: Count<T>[] = [];
  readonly #open = new Map<K, Open<T>>();

  constructor(
    private readonly keyOf: (key: K) => readonly T[],
    private readonly step: bigint | undefined,
  ) {}

  add(key: K, count: number, weight: number, first: bigint, last: bigint): Count<T> {
    let open = this.#open.get(key);
    if (open === undefined || first < open.begin || first >= open.end) {
      open = this.#begin(key, first);
      this.#open.set(key, open);
    }
    const sum = open.count;
    sum.count += count;
    sum.flows += weight;
    if (first < sum.first) sum.first = first;
    if (last > sum.last) sum.last = last;
    return sum;
  }

  /** What was added to last with this key. */
  sumOf(key: K): Count<T> | undefined {
    return this.#open.get(key)?.count;
  }

  #begin(key: K, first: bigint): Open<T> {
    const count = { key: this.keyOf(key), count: 0, flows: 0, first, last: first };
    this.counts.push(count);
    if (this.step === undefined) return { count, begin: EARLIEST, end: LATEST };
    const begin = floor(first, this.step);
    return { count, begin, end: begin + this.step };
  }
}

function addAnswers<T>(sum: Count<T>, bucket: number, count: number, paired: number): void {
  const answers = (sum.answers ??= { count: 0, latencies: new Latencies() });
  answers.count += count;
  if (bucket > 0) answers.latencies.add(bucket, count, paired);
}

interface Open<T> {
  count: Count<T>;
  begin: bigint;
  end: bigint;
}

const EARLIEST = -(1n << 63n);
const LATEST = 1n << 63n;
