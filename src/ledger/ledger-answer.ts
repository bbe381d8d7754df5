import { newsNames, type LedgerEntry, type NewsName } from '../domain/ledger/ledger.js';
import { formatTimestamp, fromMilliseconds } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import type { LedgerDigest, LedgerEdge } from './ledger.schema.js';

/** What a digest is asked for; times in nanoseconds. */
interface DigestQuestion {
  since: bigint;
  /** Only what came before; else all there is. */
  until?: bigint;
  /** Without a flow for so long, an edge went silent. */
  silentFor: bigint;
  /** Edges of each list. */
  most: number;
}

/** Reads what came since, for a viewer. */
export function readDigest(store: FlowStore, viewer: Viewer, question: DigestQuestion): LedgerDigest {
  const { since, silentFor, most, until = newsUntil(store, since) } = question;
  const { newest = store.removed().until, lastSeq } = store.summary();
  const list = (name: NewsName) => store.ledger(viewer, { list: { name, since, until, silentFor }, most });
  const lists = { fresh: list('fresh'), newlyDropped: list('newlyDropped'), silent: list('silent') };
  const acknowledged = newsNames.reduce((sum, name) => sum + lists[name].acknowledged, 0);
  return {
    since: formatTimestamp(since),
    until: newest === undefined ? null : formatTimestamp(until <= newest ? until : newest),
    silentForSeconds: Number(silentFor) / 1e9,
    fresh: lists.fresh.entries.map(edgeOf),
    newlyDropped: lists.newlyDropped.entries.map(edgeOf),
    silent: lists.silent.entries.map(edgeOf),
    leftOut: {
      fresh: lists.fresh.leftOut,
      newlyDropped: lists.newlyDropped.leftOut,
      silent: lists.silent.leftOut,
    },
    acknowledged,
    behind: Math.max(0, lastSeq - lists.fresh.upTo),
    coverage: coverageOf(store, { since, until: undefined }),
  };
}

/**
 * Just behind the newest flow: where nothing was recorded, nothing went silent. Never before `since`, and up to `before`
 * at most.
 */
export function newsUntil(store: FlowStore, since: bigint, before?: bigint): bigint {
  const { newest = store.removed().until } = store.summary();
  const end = newest === undefined ? since : newest + 1n;
  const until = before !== undefined && before < end ? before : end;
  return until < since ? since : until;
}

export function edgeOf(entry: LedgerEntry): LedgerEdge {
  const { id, source, target, protocol, port, acknowledged } = entry;
  return {
    id,
    source,
    target,
    protocol: protocol || 'unknown',
    port: port === 0 ? null : port,
    firstSeen: formatTimestamp(entry.first),
    lastSeen: formatTimestamp(entry.last),
    firstAllowed: told(entry.firstAllowed),
    lastAllowed: told(entry.lastAllowed),
    firstDropped: told(entry.firstDropped),
    lastDropped: told(entry.lastDropped),
    acknowledged:
      acknowledged === undefined
        ? null
        : { note: acknowledged.note, at: formatTimestamp(fromMilliseconds(acknowledged.at)) },
  };
}

function told(time: bigint | undefined): string | null {
  return time === undefined ? null : formatTimestamp(time);
}
