import type { Endpoint, Policies } from '../flow/flow.js';
import { isLearnedService } from '../flow/node-identity.js';
import { connections, type TcpSummary } from './connections.js';
import type { Counter } from './counter.js';
import { Counters } from './counters.js';
import { headline, type Headline } from './headline.js';
import { L7Summary } from './l7-summary.js';
import type { NodeState } from './node-state.js';
import type { Pair } from './pair.js';
import { Protection } from './protection.js';
import type { Tally } from './tally.js';

/** The two nodes of an edge, and all edges from the one to the other. */
export interface Ends {
  source: NodeState;
  target: NodeState;
  pair: Pair;
}

/** Everything counted on one edge: client, server, protocol and the server's port. */
export class EdgeState {
  readonly #counters = new Counters();
  readonly #protection = new Protection();
  /** Most edges have none of these: made when there is something to keep. */
  #policies: Policies | undefined;
  #l7: L7Summary | undefined;
  #learned: Set<string> | undefined;
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
    readonly ends: Ends,
  ) {}

  add(tally: Tally, counter: Counter, guessed: boolean): void {
    this.#headline = undefined;
    this.#counters.add(counter, tally.weight, tally.syns, tally.resets);
    if (counter.isSocket) return;
    this.#made = true;
    if (!guessed) this.#directionKnown = true;
    this.#note(tally.source);
    this.#note(tally.destination);
    const { first, last } = tally;
    if (this.#first === undefined || first < this.#first) this.#first = first;
    if (this.#last === undefined || last > this.#last) this.#last = last;
    this.#addPolicies(tally.policies);
    this.#protection.add(tally.traits, tally.weight);
    if (tally.l7 !== undefined) (this.#l7 ??= new L7Summary()).add(tally.l7, tally.weight, tally.latencies);
  }

  #note(endpoint: Endpoint): void {
    if (endpoint.learned === undefined) return;
    const { name, pod } = endpoint.learned;
    const inferred = (this.#learned ??= new Set());
    if (name !== undefined) inferred.add('name');
    if (pod !== undefined) inferred.add('pod');
    if (isLearnedService(endpoint)) inferred.add('service');
  }

  #addPolicies(policies: Policies): void {
    const { allowedBy, deniedBy } = policies;
    if (allowedBy.length + deniedBy.length === 0) return;
    const known = (this.#policies ??= policies);
    if (known === policies) return;
    const [allowing, denying] = [together(known.allowedBy, allowedBy), together(known.deniedBy, deniedBy)];
    if (allowing !== known.allowedBy || denying !== known.deniedBy)
      this.#policies = { allowedBy: allowing, deniedBy: denying };
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

  /** What records did not say: which side is the client, or what an end is: by name, by pod, by Service. */
  get inferred(): string[] {
    return [...(this.#directionKnown ? [] : ['direction']), ...[...(this.#learned ?? [])].sort()];
  }

  /** What it carried on layer 7. */
  get l7(): L7Summary | undefined {
    return this.#l7;
  }

  get protection(): Protection {
    return this.#protection;
  }

  /** Undefined where no connection was seen to begin or to break off. */
  tcp(): TcpSummary | undefined {
    return connections(this.#counters);
  }

  /** With what sockets without a port add. */
  get points(): Counters {
    const extra = this.ends.pair.socketsOf(this.protocol);
    if (extra === undefined) return this.#counters;
    const sum = new Counters();
    sum.addAll(this.#counters);
    sum.addAll(extra);
    return sum;
  }

  get headline(): Headline {
    const { points } = this;
    if (points !== this.#counters) return headline(points);
    this.#headline ??= headline(points);
    return this.#headline;
  }

  policies(): { allowedBy: string[]; deniedBy: string[] } | undefined {
    if (this.#policies === undefined) return undefined;
    const { allowedBy, deniedBy } = this.#policies;
    return { allowedBy: [...new Set(allowedBy)].sort(), deniedBy: [...new Set(deniedBy)].sort() };
  }
}

/** All of both; the first itself where the other has no more. */
function together(known: readonly string[], more: readonly string[]): readonly string[] {
  return more.every((one) => known.includes(one)) ? known : [...new Set([...known, ...more])];
}
