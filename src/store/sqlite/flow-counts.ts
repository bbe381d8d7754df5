import type { Filter } from '../../domain/filter/filter.js';
import type { Window } from '../../domain/filter/window.js';
import type { Traits } from '../../domain/flow/flow.js';
import type { Count, HeldFlow } from '../queries.js';
import { matchingRows } from './matching-rows.js';
import { RowAnswers } from './row-answers.js';
import type { Stretch } from './segment-visits.js';
import { floor, MINUTE, type TraitMinutes } from './trait-minutes.js';

/** Counts flows by what is asked of each and by buckets of time, segment by segment. */
export class FlowCounts<T> {
  readonly #keys: RowAnswers<T>;
  readonly #byTraits = new Map<Traits, Told<T>>();
  #asksMore = false;

  constructor(
    private readonly filter: Filter,
    private readonly window: Window,
    private readonly keyOf: (flow: HeldFlow) => T,
    private readonly step: bigint | undefined,
    private readonly untimed: boolean,
  ) {
    this.#keys = new RowAnswers(keyOf);
  }

  /** Whether minutes may tell: each lies in one bucket, and so far nothing but traits was asked. */
  get canBeMinutes(): boolean {
    return !this.#asksMore && (this.step === undefined || this.step % MINUTE === 0n);
  }

  ofRows(stretch: Stretch): Count<T>[] {
    const { segment } = stretch;
    const { weight } = segment.columns;
    const time = this.untimed ? undefined : segment.columns.time;
    const keyOf = this.#keys.of(segment);
    const counter = new Counter<T>(this.step);
    for (const row of matchingRows(stretch, this.filter, this.window)) {
      const at = time?.[row] ?? 0n;
      counter.add(keyOf(row), 1, weight[row] ?? 1, at, at);
    }
    return counter.counts;
  }

  /** Undefined where more than traits is asked. */
  ofMinutes({ traits, number, count, weight, first, last }: TraitMinutes): Count<T>[] | undefined {
    const told = traits.map((each) => this.#askTraits(each));
    if (this.#asksMore) return undefined;
    const counter = new Counter<T>(this.step);
    for (let i = 0; i < number.length; i++) {
      const answer = told[number[i] ?? 0];
      if (typeof answer !== 'object') continue;
      counter.add(answer.key, count[i] ?? 0, weight[i] ?? 0, first[i] ?? 0n, last[i] ?? 0n);
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
      if (!this.filter.isEmpty && !this.filter.matches(flow)) return 'does not pass';
      return { key: this.keyOf(flow) };
    } catch (error) {
      if (error !== MORE) throw error;
      this.#asksMore = true;
      return 'does not pass';
    }
  }
}

type Told<T> = 'does not pass' | { key: T };

const MORE = new Error('more than traits is asked');

function onlyTraits(flow: HeldFlow, name: string | symbol): Traits {
  if (name === 'traits') return flow.traits;
  throw MORE;
}

/** Adds up by key and bucket; a bucket may come again. */
class Counter<T> {
  readonly counts: Count<T>[] = [];
  readonly #open = new Map<T, Open<T>>();

  constructor(private readonly step: bigint | undefined) {}

  add(key: T, count: number, weight: number, first: bigint, last: bigint): void {
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
  }

  #begin(key: T, first: bigint): Open<T> {
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
