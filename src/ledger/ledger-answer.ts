import { digestOf, type DigestQuestion, type LedgerEntry } from '../domain/ledger/ledger.js';
import { formatTimestamp, fromMilliseconds } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import type { LedgerDigest, LedgerEdge } from './ledger.schema.js';

/** Reads what came since, for a viewer; lists have at most so many edges. */
export function readDigest(
  store: FlowStore,
  viewer: Viewer,
  { since, silentFor }: Omit<DigestQuestion, 'until'>,
  most: number,
): LedgerDigest {
  const { newest, lastSeq } = store.summary();
  const { entries, upTo } = store.ledger(viewer);
  const question = { since, silentFor, until: newest ?? since };
  const { fresh, newlyDropped, silent, acknowledged } = digestOf(entries, question);
  return {
    since: formatTimestamp(since),
    until: newest === undefined ? null : formatTimestamp(newest),
    silentForSeconds: Number(silentFor) / 1e9,
    fresh: fresh.slice(0, most).map(edgeOf),
    newlyDropped: newlyDropped.slice(0, most).map(edgeOf),
    silent: silent.slice(0, most).map(edgeOf),
    leftOut: {
      fresh: Math.max(0, fresh.length - most),
      newlyDropped: Math.max(0, newlyDropped.length - most),
      silent: Math.max(0, silent.length - most),
    },
    acknowledged,
    behind: Math.max(0, lastSeq - upTo),
    coverage: coverageOf(store, { since, until: undefined }),
  };
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
