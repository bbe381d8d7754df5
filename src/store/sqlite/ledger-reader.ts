import type Database from 'better-sqlite3';
import type { Endpoint } from '../../domain/flow/flow.js';
import { identify } from '../../domain/flow/node-identity.js';
import type { LedgerEntry } from '../../domain/ledger/ledger.js';
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
    this.#acknowledgements = db.prepare<[], AcknowledgementRow>('SELECT edge, note, at FROM acknowledgement');
  }

  read(viewer: Viewer): LedgerEntry[] {
    const acknowledged = new Map(
      this.#acknowledgements
        .all()
        .map((row) => typed(row, { edge: 'text', note: 'text', at: 'count' }))
        .map(({ edge, ...acknowledgement }) => [edge, acknowledgement]),
    );
    const entries: LedgerEntry[] = [];
    for (const row of this.#rows.all().map((row) => typed(row, ROW))) {
      const [source, destination] = [row.source, row.destination].map((told) => readEndText(parseHeld(told)));
      if (source === undefined || destination === undefined || !canSee(viewer, source, destination)) continue;
      const entry = entryOf(row, source, destination);
      entries.push({ ...entry, acknowledged: acknowledged.get(entry.id) });
    }
    return entries;
  }
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
