import { counterOf, headline, L7_DENIED, type Counters } from '../domain/service-map/counters.js';
import { namespaceOf, type NodeIdentity } from '../domain/flow/node-identity.js';
import type { Dropped } from '../domain/service-map/dropped.js';
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
  /** Number of the newest flow. */
  lastSeq: number;
  deniedBy: string[];
}

interface Group {
  fields: DropCause['fields'];
  counters: Counters;
  first: bigint;
  last: bigint;
  lastSeq: number;
  deniedBy: Set<string>;
}

/**
 * Groups dropped flows by cause. Flows that were let through may know the workload of a pod that a drop
 * names without it. A packet told as verdict and as drop counts once.
 */
export function groupDrops({ tallies: dropped, unforetold }: Dropped, by: readonly DropField[]): DropCause[] {
  const lore = new Lore();
  lore.learnPods(unforetold);
  lore.learn(dropped);
  const policies = by.includes('policy') ? policiesOf(dropped, lore) : new Map<string, string>();
  const groups = new Map<string, Group>();
  for (const tally of dropped) {
    const fields = fieldsOf(tally, by, lore);
    if (by.includes('policy')) fields.policy = policies.get(connectionOf(tally, lore)) ?? '';
    addTo(groups, fields, tally);
  }
  return [...groups.values()].map(toCause).sort((a, b) => b.count - a.count || (a.last < b.last ? 1 : -1));
}

/** The verdict on a packet names the policy that denied it, the drop of the same packet does not. */
function policiesOf(dropped: readonly Tally[], lore: Lore): Map<string, string> {
  const names = new Map<string, Set<string>>();
  for (const tally of dropped) {
    const key = connectionOf(tally, lore);
    const known = names.get(key) ?? new Set<string>();
    for (const policy of tally.policies.deniedBy) known.add(policy);
    names.set(key, known);
  }
  return new Map([...names].map(([key, policies]) => [key, [...policies].sort().join(', ')]));
}

function connectionOf(tally: Tally, lore: Lore): string {
  const { client, server, port } = ends(tally, lore);
  return JSON.stringify([client.id, server.id, port, readField.reason(tally, lore)]);
}

function addTo(groups: Map<string, Group>, fields: DropCause['fields'], tally: Tally): void {
  const key = JSON.stringify(fields);
  let group = groups.get(key);
  if (group === undefined) {
    const { first, last, lastSeq } = tally;
    group = { fields, counters: new Map(), first, last, lastSeq, deniedBy: new Set() };
    groups.set(key, group);
  }
  const counter = counterOf(tally);
  group.counters.set(counter, (group.counters.get(counter) ?? 0) + tally.weight);
  for (const policy of tally.policies.deniedBy) group.deniedBy.add(policy);
  if (tally.first < group.first) group.first = tally.first;
  if (tally.last < group.last) return;
  group.last = tally.last;
  group.lastSeq = tally.lastSeq;
}

function toCause({ fields, counters, first, last, lastSeq, deniedBy }: Group): DropCause {
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
    traits.direction === 'INGRESS' ? namespaceOf(destination) : namespaceOf(source),
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
