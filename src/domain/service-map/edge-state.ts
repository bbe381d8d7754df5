import { counterOf, headline, type Counters, type Headline } from './counters.js';
import { L7Summary } from './l7-summary.js';
import type { Tally } from './tally.js';

/** Everything counted on one edge: client, server, protocol and the server's port. */
export class EdgeState {
  readonly #counters: Counters = new Map();
  readonly #allowedBy = new Set<string>();
  readonly #deniedBy = new Set<string>();
  readonly #l7 = new L7Summary();
  readonly #examples: number[] = [];
  #first: bigint | undefined;
  #last: bigint | undefined;
  /** Kept until a counter changes: nodes sum up the drops of all their edges. */
  #headline: Headline | undefined;
  #directionKnown = false;
  #made = false;

  constructor(
    readonly id: string,
    readonly protocol: string,
    readonly port: number,
  ) {}

  add(tally: Tally, guessed: boolean): void {
    const counter = counterOf(tally);
    this.#addCount(counter, tally.weight);
    if (counter.startsWith('trace-sock')) return;
    this.#made = true;
    if (!guessed) this.#directionKnown = true;
    if (this.#first === undefined || tally.first < this.#first) this.#first = tally.first;
    if (this.#last === undefined || tally.last > this.#last) this.#last = tally.last;
    for (const policy of tally.policies.allowedBy) this.#allowedBy.add(policy);
    for (const policy of tally.policies.deniedBy) this.#deniedBy.add(policy);
    if (tally.l7 !== undefined) this.#l7.add(tally.l7, tally.weight);
    this.#remember(tally.lastSeq);
  }

  #addCount(counter: string, weight: number): void {
    this.#headline = undefined;
    this.#counters.set(counter, (this.#counters.get(counter) ?? 0) + weight);
  }

  /** Sockets alone make no edge: they add to one that other records made. */
  get made(): boolean {
    return this.#made;
  }

  /** Both are defined once the edge is made. */
  get first(): bigint {
    return this.#first ?? 0n;
  }

  get last(): bigint {
    return this.#last ?? 0n;
  }

  get inferredDirection(): boolean {
    return !this.#directionKnown;
  }

  /** Numbers of a few of the newest flows. */
  get examples(): readonly number[] {
    return this.#examples;
  }

  http = () => this.#l7.http();
  dns = () => this.#l7.dns();

  /** With what sockets without a port add. */
  points(extra: Counters | undefined): Counters {
    if (extra === undefined) return this.#counters;
    const sum = new Map(this.#counters);
    for (const [counter, count] of extra) sum.set(counter, (sum.get(counter) ?? 0) + count);
    return sum;
  }

  headline(points: Counters): Headline {
    if (points !== this.#counters) return headline(points);
    this.#headline ??= headline(points);
    return this.#headline;
  }

  policies(): { allowedBy: string[]; deniedBy: string[] } | undefined {
    if (this.#allowedBy.size + this.#deniedBy.size === 0) return undefined;
    return { allowedBy: [...this.#allowedBy].sort(), deniedBy: [...this.#deniedBy].sort() };
  }

  #remember(seq: number): void {
    this.#examples.push(seq);
    this.#examples.sort((a, b) => b - a);
    if (this.#examples.length > 5) this.#examples.pop();
  }
}
