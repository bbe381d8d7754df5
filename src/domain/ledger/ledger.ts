import type { NodeIdentity } from '../flow/node-identity.js';

/** Edges of the ledger that were asked for. */
export interface Ledger {
  /** The newest first, as many as were asked for. */
  entries: LedgerEntry[];
  /** How many there are beyond them. */
  leftOut: number;
  /** Edges that the list would have, had nobody acknowledged them; 0 of the list of all, which has them. */
  acknowledged: number;
  /** Number of the last stored flow that it tells of. */
  upTo: number;
}

export interface LedgerQuery {
  list: LedgerList;
  most: number;
}

/**
 * Every edge, or a list of what an operator wants to know in the morning, of a stretch of time. An edge is in one of
 * these at most: `fresh` was never seen before, `newlyDropped` is known for longer and was never dropped before,
 * `silent` ceased to be seen.
 */
export type LedgerList = { name: 'all' } | ({ name: NewsName } & Stretch);

export const newsNames = ['fresh', 'newlyDropped', 'silent'] as const;
export type NewsName = (typeof newsNames)[number];

/** From `since` to before `until`, nanoseconds since 1970: so that stretches side by side tell everything once. */
export interface Stretch {
  since: bigint;
  until: bigint;
  /** Nanoseconds without a flow, after which an edge went silent. */
  silentFor: bigint;
}

/** An edge of the map at the level of workloads, as far back as anything was ever stored. Times: nanoseconds since 1970. */
export interface LedgerEntry {
  /** The edge's id on the map. */
  id: string;
  source: NodeIdentity;
  target: NodeIdentity;
  protocol: string;
  /** The server's; 0 for none. */
  port: number;
  first: bigint;
  last: bigint;
  /** Undefined where none was ever let through, or dropped. */
  firstAllowed: bigint | undefined;
  lastAllowed: bigint | undefined;
  firstDropped: bigint | undefined;
  lastDropped: bigint | undefined;
  acknowledged: Acknowledgement | undefined;
}

/** Somebody has seen it: it is no news any more. */
export interface Acknowledgement {
  note: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** When news were posted last, and up to when they were told. */
export interface PostedDigest {
  /** Milliseconds since 1970. */
  at: number;
  /** Nanoseconds since 1970, of flows. */
  until: bigint;
}

/** The law of the lists. */
export function listed(entries: readonly LedgerEntry[], { list, most }: LedgerQuery): Omit<Ledger, 'upTo'> {
  const found = entries.flatMap((entry) => {
    const at = timeOn(list, entry);
    return at === undefined ? [] : [{ entry, at }];
  });
  const told = list.name === 'all' ? found : found.filter(({ entry }) => entry.acknowledged === undefined);
  told.sort((a, b) => newest(a.at, b.at) || (a.entry.id < b.entry.id ? -1 : 1));
  return {
    entries: told.slice(0, most).map(({ entry }) => entry),
    leftOut: Math.max(0, told.length - most),
    acknowledged: found.length - told.length,
  };
}

/** When an edge came onto a list; undefined where it is not on it. */
function timeOn(list: LedgerList, { first, firstDropped, last }: LedgerEntry): bigint | undefined {
  if (list.name === 'all') return first;
  const { since, until, silentFor } = list;
  const isIn = (time: bigint | undefined) => time !== undefined && time >= since && time < until;
  if (list.name === 'fresh') return isIn(first) ? first : undefined;
  if (first >= since) return undefined;
  if (list.name === 'newlyDropped') return isIn(firstDropped) ? firstDropped : undefined;
  return !isIn(firstDropped) && isIn(last + silentFor) ? last : undefined;
}

function newest(a: bigint, b: bigint): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
