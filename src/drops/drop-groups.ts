import { counterOf } from '../domain/service-map/counter.js';
import { Counters } from '../domain/service-map/counters.js';
import { headline, L7_DENIED } from '../domain/service-map/headline.js';
import { isReply } from '../domain/flow/direction.js';
import type { Side } from '../domain/flow/flow.js';
import { namespaceOf, shownAs, type NodeIdentity } from '../domain/flow/node-identity.js';
import type { Dropped, DropsOfWindow } from '../domain/service-map/dropped.js';
import { Lore } from '../domain/service-map/lore.js';
import type { Tally } from '../domain/service-map/tally.js';
import type { Steps } from '../domain/steps.js';
import type { DropField } from './drops.schema.js';

/** What the drops of one cause have in common, and how many there were. */
export interface DropCause {
  fields: Partial<Record<DropField | 'protocol', string | number | null>>;
  count: number;
  /** The most frequent reason. */
  reason: string;
  first: bigint;
  last: bigint;
  /** Number of the flow that came last. */
  lastSeq: number;
  deniedBy: string[];
}

/** What is added up of drops. */
interface Sight {
  fields: DropCause['fields'];
  first: bigint;
  last: bigint;
  lastSeq: number;
  deniedBy: Set<string>;
}

/** Drops for the same on one connection: those that may be told twice, as verdict and as drop. */
interface Cell extends Sight {
  connection: string;
  counters: Counters;
}

/** How many there were, by reason. */
interface Group extends Sight {
  reasons: Map<string, number>;
}

/** Groups dropped flows by cause. What can be learned comes first, so that few guesses turn out wrong. */
export function* groupDrops(
  { tallies, unforetold, removed }: DropsOfWindow,
  by: readonly DropField[],
): Steps<DropCause[]> {
  const all = [...(removed?.tallies ?? []), ...tallies];
  for (let groups = new DropGroups(by); ; groups = groups.again()) {
    groups.learn({ tallies: [], unforetold });
    for (const tally of all) {
      groups.learn({ tallies: [tally], unforetold: [] });
      yield;
    }
    for (const tally of all) {
      groups.place([tally]);
      yield;
    }
    if (groups.holds) return groups.causes();
  }
}

/**
 * Dropped flows by cause, in any order and any split. Flows that were let through may know the workload of a pod that
 * a drop names without it. A packet told as verdict and as drop counts once, on its connection: so groups add up to
 * the same, however coarse they are.
 */
export class DropGroups {
  readonly #cells = new Map<string, Cell>();
  /** Policies by connection: the verdict on a packet names the one that denied it, the drop of the packet does not. */
  readonly #policies = new Map<string, Set<string>>();
  #holds = true;

  constructor(
    private readonly by: readonly DropField[],
    private readonly lore = new Lore(),
  ) {}

  /** Without any drop, but knowing what this one has learned. */
  again(): DropGroups {
    return new DropGroups(this.by, this.lore.again());
  }

  /** What is told apart: causes, on each connection. */
  get size(): number {
    return this.#cells.size;
  }

  /** False when a pod or a direction was guessed wrong: then all must be grouped `again`. */
  get holds(): boolean {
    return this.#holds;
  }

  /** Takes what can be learned of pods and ports. */
  learn({ tallies, unforetold }: Dropped): void {
    this.#holds = this.lore.learnPods(unforetold) && this.#holds;
    this.#holds = this.lore.learn(tallies) && this.#holds;
  }

  add(dropped: Dropped): void {
    this.learn(dropped);
    this.place(dropped.tallies);
  }

  /** They must have been learned from. Where nothing holds any more, nothing is placed. */
  place(tallies: readonly Tally[]): void {
    if (this.#holds) for (const tally of tallies) this.#place(tally);
  }

  #place(tally: Tally): void {
    const ends = endsOf(tally, this.lore);
    const fields = fieldsOf(tally, ends, this.by);
    const connection = connectionOf(tally, ends);
    const { first, last, lastSeq, policies } = tally;
    this.#learnPolicies(connection, policies.deniedBy);
    const key = JSON.stringify(fields) + connection;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      const counters = new Counters();
      cell = { fields, connection, counters, first, last, lastSeq, deniedBy: new Set() };
      this.#cells.set(key, cell);
    }
    cell.counters.add(counterOf(tally), tally.weight);
    see(cell, { first, last, lastSeq, deniedBy: policies.deniedBy });
  }

  #learnPolicies(connection: string, names: readonly string[]): void {
    if (!this.by.includes('policy')) return;
    const known = this.#policies.get(connection) ?? new Set();
    for (const name of names) known.add(name);
    this.#policies.set(connection, known);
  }

  /** The most frequent first. */
  causes(): DropCause[] {
    return [...this.#groups().values()]
      .map(toCause)
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || compare(b.last, a.last) || b.lastSeq - a.lastSeq);
  }

  #groups(): Map<string, Group> {
    const groups = new Map<string, Group>();
    for (const cell of this.#cells.values()) {
      const fields = this.#fieldsOf(cell);
      const key = JSON.stringify(fields);
      let group = groups.get(key);
      if (group === undefined) {
        const { first, last, lastSeq } = cell;
        group = { fields, reasons: new Map(), first, last, lastSeq, deniedBy: new Set() };
        groups.set(key, group);
      }
      for (const [reason, count] of Object.entries(headline(cell.counters).dropReasons))
        group.reasons.set(reason, (group.reasons.get(reason) ?? 0) + count);
      see(group, cell);
    }
    return groups;
  }

  /** The policies of a connection are known when all of it was seen. */
  #fieldsOf({ fields, connection }: Cell): DropCause['fields'] {
    if (!this.by.includes('policy')) return fields;
    const policy = [...(this.#policies.get(connection) ?? [])].sort().join(', ');
    return { ...fields, policy };
  }
}

function see(
  known: Sight,
  { first, last, lastSeq, deniedBy }: Omit<Sight, 'fields' | 'deniedBy'> & { deniedBy: Iterable<string> },
): void {
  for (const policy of deniedBy) known.deniedBy.add(policy);
  if (first < known.first) known.first = first;
  if (last > known.last) known.last = last;
  known.lastSeq = Math.max(known.lastSeq, lastSeq);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function connectionOf(tally: Tally, { client, server, port }: Ends): string {
  const { protocol, direction } = tally.traits;
  return JSON.stringify([client.id, server.id, protocol, port, reasonOf(tally), direction]);
}

function toCause({ fields, reasons, first, last, lastSeq, deniedBy }: Group): DropCause {
  const [mostFrequent] = [...reasons].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  return {
    fields,
    count: [...reasons.values()].reduce((sum, count) => sum + count, 0),
    reason: mostFrequent?.[0] ?? '',
    first,
    last,
    lastSeq,
    deniedBy: [...deniedBy].sort(),
  };
}

function fieldsOf(tally: Tally, ends: Ends, by: readonly DropField[]): DropCause['fields'] {
  const fields: DropCause['fields'] = {};
  for (const field of by) {
    fields[field] = readField[field](tally, ends);
    if (field === 'port') fields.protocol = tally.traits.protocol || 'unknown';
  }
  return fields;
}

const readField: Record<DropField, (tally: Tally, ends: Ends) => string | number | null> = {
  reason: reasonOf,
  source: (_, { client }) => client.id,
  destination: (_, { server }) => server.id,
  port: (_, { port }) => port || null,
  direction: ({ traits }) => traits.direction,
  namespace: (tally) => namespaceOf(shownAs(tally[localSide(tally)])),
  node: ({ node }) => node,
  // Of the whole connection, once all of it was seen.
  policy: () => '',
};

/** Whose traffic it is, of whom the policy speaks. The direction is the connection's, which a reply goes the other way. */
function localSide(tally: Tally): Side {
  return (tally.traits.direction === 'INGRESS') === isReply(tally) ? 'source' : 'destination';
}

/** As it is counted: what a proxy refused is refused there, also where the record names a reason of the datapath. */
function reasonOf(tally: Tally): string {
  const { point, reason } = counterOf(tally);
  return point.startsWith('l7-') ? L7_DENIED : reason || 'DROP_REASON_UNKNOWN';
}

interface Ends {
  client: NodeIdentity;
  server: NodeIdentity;
  /** The server's. */
  port: number;
}

function endsOf(tally: Tally, lore: Lore): Ends {
  const source = lore.workloadNode(tally.source);
  const destination = lore.workloadNode(tally.destination);
  if (lore.client(tally).side === 'source') {
    return { client: source, server: destination, port: tally.destinationPort };
  }
  return { client: destination, server: source, port: tally.sourcePort };
}
