import type { Traits } from '../../domain/flow/flow.js';
import { Latencies } from '../../domain/latencies.js';
import type { Count, CountQuery, HeldFlow } from '../queries.js';
import { matchingRows } from './matching-rows.js';
import { addAnswers, RowCounter, type SeenAnswer, type SeenRows } from './row-counter.js';
import { RowKeys, type Ask, type NumberedAnswers } from './row-keys.js';
import type { Segment } from './segment.js';
import type { Stretch } from './segment-visits.js';
import type { TraitAnswers } from './trait-answers.js';
import { floor, MINUTE, type TraitMinutes } from './trait-minutes.js';

/** Counts flows by what is asked of each and by buckets of time, segment by segment. */
export class FlowCounts<T> {
  readonly #byTraits = new Map<Traits, Told<T>>();
  #asksMore = false;
  #rows: { keys: RowKeys<T>; counter: RowCounter } | undefined;

  constructor(
    private readonly query: CountQuery,
    private readonly asks: readonly Ask<T>[],
    /** Shared with other questions, so it may be another each time. */
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

  /** What rows of a stretch are. It may fail, and be asked again, so nothing is counted yet. */
  see(stretch: Stretch): SeenRows {
    const { segment } = stretch;
    const rows = matchingRows(stretch, this.query.filter, this.query.window);
    return {
      rows,
      keys: (this.#rows ??= this.#newRows()).keys.of(segment, rows),
      times: this.query.untimed ? undefined : segment.columns.time,
      earliest: segment.info.timeMin,
      weights: segment.columns.weight,
      answers: this.asksLatencies ? answersAmong(segment, rows) : [],
    };
  }

  /** Counts all that was seen since. What is counted is told when there is no more room for it: keys are new then. */
  add(seen: readonly SeenRows[]): Count<T>[] {
    const rows = (this.#rows ??= this.#newRows());
    for (const each of seen) rows.counter.add(each);
    return rows.counter.isFull || rows.keys.isFull ? this.takeRows() : [];
  }

  /** What was counted and not told. */
  takeRows(): Count<T>[] {
    const rows = this.#rows;
    this.#rows = undefined;
    return rows === undefined ? [] : rows.counter.counts((key) => rows.keys.at(key));
  }

  #newRows(): { keys: RowKeys<T>; counter: RowCounter } {
    const { step, untimed } = this.query;
    const counter = new RowCounter(untimed ? undefined : step);
    return { keys: new RowKeys(this.asks.map(this.answersTo)), counter };
  }

  /** Undefined where more than traits is asked. */
  ofSums({ traits, whole, minutes }: TraitMinutes, answers?: TraitAnswers): Count<T>[] | undefined {
    const counter = new Counter<T>(this.query.step);
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
      if (sum === undefined) continue;
      const measured = (sum.answers ??= { count: 0, latencies: new Latencies() });
      addAnswers(measured, answers.bucket[i] ?? 0, answers.count[i] ?? 0, answers.paired[i] ?? 0);
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

function answersAmong(segment: Segment, rows: Uint32Array): SeenAnswer[] {
  const answers: SeenAnswer[] = [];
  // Only messages answer, and most flows have none.
  const messages = segment.columns.l7?.kind;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    if (messages?.[row] === 0) continue;
    const bucket = segment.answer(row);
    if (bucket >= 0) answers.push({ at, bucket, isPaired: segment.isPaired(row) });
  }
  return answers;
}

type Told<T> = 'does not pass' | { key: readonly T[] };

const MORE = new Error('more than traits is asked');

function onlyTraits(flow: HeldFlow, name: string | symbol): Traits {
  if (name === 'traits') return flow.traits;
  throw MORE;
}

/** Adds up by key and bucket; a bucket may come again. */
class Counter<T> {
  readonly counts: Count<T>[] = [];
  readonly #open = new Map<readonly T[], Open<T>>();

  constructor(private readonly step: bigint | undefined) {}

  add(key: readonly T[], count: number, weight: number, first: bigint, last: bigint): Count<T> {
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
  sumOf(key: readonly T[]): Count<T> | undefined {
    return this.#open.get(key)?.count;
  }

  #begin(key: readonly T[], first: bigint): Open<T> {
    const count = { key, count: 0, flows: 0, first, last: first };
    this.counts.push(count);
    if (this.step === undefined) return { count, begin: EARLIEST, end: LATEST };
    const begin = floor(first, this.step);
    return { count, begin, end: begin + this.step };
  }
}

interface Open<T> {
  count: Count<T>;
  begin: bigint;
  end: bigint;
}

const EARLIEST = -(1n << 63n);
const LATEST = 1n << 63n;
