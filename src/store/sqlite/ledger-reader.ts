import type Database from 'better-sqlite3';
import type { Endpoint } from '../../domain/flow/flow.js';
import { identify } from '../../domain/flow/node-identity.js';
import type { Ledger, LedgerEntry } from '../../domain/ledger/ledger.js';
import { readEndText } from '../../domain/service-map/coarse.js';
import { edgeId } from '../../domain/service-map/edge-id.js';
import { canSee, type Viewer } from '../../domain/viewer.js';
import { parseHeld, typed } from './damage.js';

interface Row {
  source: string;
  destination: string;
  protocol: string;
  port: bigint;
  first: bigint;
  last: bigint;
  firstAllowed: bigint | null;
  lastAllowed: bigint | null;
  firstDropped: bigint | null;
  lastDropped: bigint | null;
}

const ROW = {
  source: 'text',
  destination: 'text',
  protocol: 'text',
  port: 'bigint',
  first: 'bigint',
  last: 'bigint',
  firstAllowed: 'bigint?',
  lastAllowed: 'bigint?',
  firstDropped: 'bigint?',
  lastDropped: 'bigint?',
} as const;

interface AcknowledgementRow {
  edge: string;
  note: string;
  at: number;
}

/** Reads who was ever seen to speak with whom. Several ends may be one node of the map. */
export class LedgerReader {
  readonly #rows;
  readonly #acknowledgements;
  readonly #upTo;

  constructor(db: Database.Database) {
    this.#rows = db
      .prepare<[], Row>(
        `SELECT source.told AS source, destination.told AS destination, protocol, port,
                min(first) AS first, max(last) AS last,
                min(first_allowed) AS firstAllowed, max(last_allowed) AS lastAllowed,
                min(first_dropped) AS firstDropped, max(last_dropped) AS lastDropped
         FROM ledger
         JOIN rollup_end AS source ON source.id = ledger.source
         JOIN rollup_end AS destination ON destination.id = ledger.destination
         GROUP BY source.node, destination.node, protocol, port`,
      )
      .safeIntegers();
    this.#upTo = db.prepare<[], { upTo: number }>('SELECT last_seq AS upTo FROM rollup');
    this.#acknowledgements = db.prepare<[], AcknowledgementRow>('SELECT edge, note, at FROM acknowledgement');
  }

  read(viewer: Viewer): Ledger {
    // Asked first: what is added meanwhile is told as missing, never the other way round.
    const { upTo } = typed(this.#upTo.get(), { upTo: 'count' });
    const acknowledged = new Map(
      this.#acknowledgements
        .all()
        .map((row) => typed(row, { edge: 'text', note: 'text', at: 'count' }))
        .map(({ edge, ...acknowledgement }) => [edge, acknowledgement]),
    );
    const entries: LedgerEntry[] = [];
    // Each end is one of many edges.
    const ends = new Map<string, Endpoint>();
    for (const row of this.#rows.all().map((row) => typed(row, ROW))) {
      const [source, destination] = [endOf(ends, row.source), endOf(ends, row.destination)];
      if (!canSee(viewer, source, destination)) continue;
      const entry = entryOf(row, source, destination);
      entries.push({ ...entry, acknowledged: acknowledged.get(entry.id) });
    }
    return { entries, upTo };
  }
}

function endOf(known: Map<string, Endpoint>, told: string): Endpoint {
  let end = known.get(told);
  if (end === undefined) known.set(told, (end = readEndText(parseHeld(told))));
  return end;
}

function entryOf(row: Row, client: Endpoint, server: Endpoint): Omit<LedgerEntry, 'acknowledged'> {
  const [source, target] = [client, server].map((end) => identify(end, 'workload', () => undefined));
  if (source === undefined || target === undefined) throw new Error('an edge has two ends');
  const { protocol, first, last } = row;
  const port = Number(row.port);
  return {
    id: edgeId(source.id, target.id, protocol, port),
    source,
    target,
    protocol,
    port,
    first,
    last,
    firstAllowed: row.firstAllowed ?? undefined,
    lastAllowed: row.lastAllowed ?? undefined,
    firstDropped: row.firstDropped ?? undefined,
    lastDropped: row.lastDropped ?? undefined,
  };
}
