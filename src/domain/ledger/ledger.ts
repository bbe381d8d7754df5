import type { NodeIdentity } from '../flow/node-identity.js';

/** Who was ever seen to speak with whom. */
export interface Ledger {
  entries: LedgerEntry[];
  /** Number of the last stored flow that it tells of. */
  upTo: number;
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

export interface DigestQuestion {
  since: bigint;
  /** Nanoseconds without a flow, after which an edge went silent. */
  silentFor: bigint;
  /** Up to where the ledger tells: the newest flow. Where nothing was recorded, nothing went silent. */
  until: bigint;
}

/** What an operator wants to know in the morning, the newest first. An edge is in one of the lists at most. */
export interface Digest {
  /** Never seen before. */
  fresh: LedgerEntry[];
  /** Known for longer, and never dropped before. */
  newlyDropped: LedgerEntry[];
  /** Ceased to be seen. */
  silent: LedgerEntry[];
  /** Acknowledged, and so in none of the lists. */
  acknowledged: number;
}

export function digestOf(entries: readonly LedgerEntry[], question: DigestQuestion): Digest {
  const { since, silentFor, until } = question;
  const digest: Digest = { fresh: [], newlyDropped: [], silent: [], acknowledged: 0 };
  const put = (list: LedgerEntry[], entry: LedgerEntry) => {
    if (entry.acknowledged === undefined) list.push(entry);
    else digest.acknowledged++;
  };
  for (const entry of entries) {
    const { first, firstDropped, last } = entry;
    const silentAt = last + silentFor;
    if (first >= since) put(digest.fresh, entry);
    else if (firstDropped !== undefined && firstDropped >= since) put(digest.newlyDropped, entry);
    else if (silentAt >= since && silentAt < until) put(digest.silent, entry);
  }
  digest.fresh.sort((a, b) => newest(a.first, b.first));
  digest.newlyDropped.sort((a, b) => newest(a.firstDropped ?? 0n, b.firstDropped ?? 0n));
  digest.silent.sort((a, b) => newest(a.last, b.last));
  return digest;
}

function newest(a: bigint, b: bigint): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
