import { counterOf } from '../domain/service-map/counter.js';
import { Counters } from '../domain/service-map/counters.js';
import { headline, L7_DENIED } from '../domain/service-map/headline.js';
import { namespaceOf, shownAs, type NodeIdentity } from '../domain/flow/node-identity.js';
import type { Dropped, DropsOfWindow } from '../domain/service-map/dropped.js';
import { Lore } from '../domain/service-map/lore.js';
import type { Tally } from '../domain/service-map/tally.js';
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

/** What is counted together: a group, or of a group by policy what belongs to one connection. */
interface Cell {
  fields: DropCause['fields'];
  connection: string;
  counters: Counters;
  first: bigint;
  last: bigint;
  lastSeq: number;
  deniedBy: Set<string>;
}

/** Groups dropped flows by cause. */
export function groupDrops(
  { tallies, unforetold, removed }: DropsOfWindow,
  by: readonly DropField[],
): DropCause[] {
  const dropped = { tallies: [...(removed?.tallies ?? []), ...tallies], unforetold };
  for (let groups = new DropGroups(by); ; groups = groups.again()) {
    groups.add(dropped);
    if (groups.holds) return groups.causes();
  }
}

/**
 * Dropped flows by cause, in any order and any split. Flows that were let through may know the workload of a pod that
 * a drop names without it. A packet told as verdict and as drop counts once.
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

  /** False when a pod or a direction was guessed wrong: then all must be grouped `again`. */
  get holds(): boolean {
    return this.#holds;
  }

  /** Where nothing holds any more, only what can be learned is taken. */
  add({ tallies, unforetold }: Dropped): void {
    this.#holds = this.lore.learnPods(unforetold) && this.#holds;
    this.#holds = this.lore.learn(tallies) && this.#holds;
    if (this.#holds) for (const tally of tallies) this.#place(tally);
  }

  #place(tally: Tally): void {
    const fields = fieldsOf(tally, this.by, this.lore);
    const connection = this.by.includes('policy') ? connectionOf(tally, this.lore) : '';
    if (connection !== '') this.#learnPolicies(connection, tally.policies.deniedBy);
    const key = JSON.stringify([fields, connection]);
    const { first, last, lastSeq, policies } = tally;
    const counters = new Counters();
    counters.add(counterOf(tally), tally.weight);
    const deniedBy = new Set(policies.deniedBy);
    merge(this.#cells, key, { fields, connection, counters, first, last, lastSeq, deniedBy });
  }

  #learnPolicies(connection: string, names: readonly string[]): void {
    const known = this.#policies.get(connection) ?? new Set();
    for (const name of names) known.add(name);
    this.#policies.set(connection, known);
  }

  /** The most frequent first. */
  causes(): DropCause[] {
    return [...this.#groups()]
      .map(toCause)
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || compare(b.last, a.last) || b.lastSeq - a.lastSeq);
  }

  /** The policies of a connection are known when all of it was seen. */
  #groups(): Iterable<Cell> {
    if (!this.by.includes('policy')) return this.#cells.values();
    const groups = new Map<string, Cell>();
    for (const cell of this.#cells.values()) {
      const policy = [...(this.#policies.get(cell.connection) ?? [])].sort().join(', ');
      const fields = { ...cell.fields, policy };
      const { counters, deniedBy } = cell;
      const copy = { ...cell, fields, counters: new Counters(), deniedBy: new Set(deniedBy) };
      copy.counters.addAll(counters);
      merge(groups, JSON.stringify(fields), copy);
    }
    return groups.values();
  }
}

function merge(cells: Map<string, Cell>, key: string, cell: Cell): void {
  const known = cells.get(key);
  if (known === undefined) {
    cells.set(key, cell);
    return;
  }
  known.counters.addAll(cell.counters);
  for (const policy of cell.deniedBy) known.deniedBy.add(policy);
  if (cell.first < known.first) known.first = cell.first;
  if (cell.last > known.last) known.last = cell.last;
  known.lastSeq = Math.max(known.lastSeq, cell.lastSeq);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function connectionOf(tally: Tally, lore: Lore): string {
  const { client, server, port } = ends(tally, lore);
  return JSON.stringify([client.id, server.id, port, readField.reason(tally, lore)]);
}

function toCause({ fields, counters, first, last, lastSeq, deniedBy }: Cell): DropCause {
  const { verdicts, dropReasons } = headline(counters);
  const [mostFrequent] = Object.entries(dropReasons).sort(([, a], [, b]) => b - a);
  const reason = mostFrequent?.[0] ?? '';
  return {
    fields,
    count: verdicts['dropped'] ?? 0,
    reason,
    first,
    last,
    lastSeq,
    deniedBy: [...deniedBy].sort(),
  };
}

function fieldsOf(tally: Tally, by: readonly DropField[], lore: Lore): DropCause['fields'] {
  const fields: DropCause['fields'] = {};
  for (const field of by) {
    fields[field] = readField[field](tally, lore);
    if (field === 'port') fields.protocol = tally.traits.protocol || 'unknown';
  }
  return fields;
}

const readField: Record<DropField, (tally: Tally, lore: Lore) => string | number | null> = {
  reason: ({ traits, l7 }) => traits.dropReason || (l7 === undefined ? 'DROP_REASON_UNKNOWN' : L7_DENIED),
  source: (tally, lore) => ends(tally, lore).client.id,
  destination: (tally, lore) => ends(tally, lore).server.id,
  port: (tally, lore) => ends(tally, lore).port || null,
  direction: ({ traits }) => traits.direction,
  // Whose traffic it is: the local endpoint's, the one that the policy speaks of.
  namespace: ({ source, destination, traits }) =>
    traits.direction === 'INGRESS' ? namespaceOf(shownAs(destination)) : namespaceOf(shownAs(source)),
  node: ({ node }) => node,
  policy: ({ policies }) => policies.deniedBy.join(', '),
};

function ends(tally: Tally, lore: Lore): { client: NodeIdentity; server: NodeIdentity; port: number } {
  const source = lore.workloadNode(tally.source);
  const destination = lore.workloadNode(tally.destination);
  if (lore.client(tally).side === 'source') {
    return { client: source, server: destination, port: tally.destinationPort };
  }
  return { client: destination, server: source, port: tally.sourcePort };
}
