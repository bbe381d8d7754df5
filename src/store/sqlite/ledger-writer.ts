import type Database from 'better-sqlite3';
import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import { edgeId } from '../../domain/service-map/edge-id.js';

/** A sum by hour, with its times in nanoseconds since 1970. */
export interface LedgerSum {
  source: number;
  destination: number;
  kind: number;
  sourcePort: number;
  destinationPort: number;
  first: bigint;
  last: bigint;
}

/** What the ledger has to know of a kind, as `rollup_kind` tells it. */
interface Kind {
  client: string | null;
  protocol: string;
  isAllowed: 0 | 1;
  isDropped: 0 | 1;
  /** Sockets are no edges. */
  isSocket: 0 | 1;
}

interface Place {
  source: number;
  destination: number;
  protocol: string;
  port: number;
}

interface Row extends Place {
  first: bigint;
  last: bigint;
  firstAllowed: bigint | null;
  lastAllowed: bigint | null;
  firstDropped: bigint | null;
  lastDropped: bigint | null;
}

type Held = Pick<Row, 'first' | 'firstDropped'>;

const AT = 'source = :source AND destination = :destination AND protocol = :protocol AND port = :port';

/** Keeps the tables `ledger`, `acknowledgement` and `digest`. */
export class LedgerWriter {
  readonly #statements;

  constructor(db: Database.Database) {
    db.function('edge_id', { deterministic: true }, edgeIdOf);
    this.#statements = {
      kind: db.prepare<[number], Kind>(
        `SELECT client, coalesce(told ->> 'protocol', '') AS protocol,
                coalesce(told ->> 'verdict' IN ('FORWARDED', 'REDIRECTED', 'AUDIT'), 0) AS isAllowed,
                coalesce(told ->> 'verdict' = 'DROPPED', 0) AS isDropped,
                told ->> 'point' LIKE 'trace-sock%' AS isSocket
         FROM rollup_kind WHERE id = ?`,
      ),
      held: db
        .prepare<[Place], Held>(`SELECT first, first_dropped AS firstDropped FROM ledger WHERE ${AT}`)
        .safeIntegers(),
      insert: db.prepare<[Row]>(
        `INSERT INTO ledger VALUES (:source, :destination, :protocol, :port, :first, :last, :firstAllowed, :lastAllowed,
           :firstDropped, :lastDropped, NULL)`,
      ),
      later: db.prepare<[Row]>(
        `UPDATE ledger SET last = max(last, :last),
           first_allowed = coalesce(min(first_allowed, :firstAllowed), first_allowed, :firstAllowed),
           last_allowed = coalesce(max(last_allowed, :lastAllowed), last_allowed, :lastAllowed),
           last_dropped = coalesce(max(last_dropped, :lastDropped), last_dropped, :lastDropped)
         WHERE ${AT}`,
      ),
      // What indexes are made of, by itself: SQLite writes them anew whether it changes or not.
      earlier: db.prepare<[Row]>(
        `UPDATE ledger SET first = min(first, :first),
           first_dropped = coalesce(min(first_dropped, :firstDropped), first_dropped, :firstDropped)
         WHERE ${AT}`,
      ),
      name: db.prepare(
        `UPDATE ledger SET edge = edge_id(source.node, destination.node, protocol, port)
         FROM rollup_end AS source, rollup_end AS destination
         WHERE edge IS NULL AND source.id = ledger.source AND destination.id = ledger.destination`,
      ),
      acknowledge: db.prepare<[string, string, number]>(
        'INSERT OR REPLACE INTO acknowledgement (edge, note, at) VALUES (?, ?, ?)',
      ),
      digest: db.prepare<[PostedDigest]>(
        'INSERT OR REPLACE INTO digest (id, at, until) VALUES (1, :at, :until)',
      ),
      forget: db.prepare<[string]>('DELETE FROM acknowledgement WHERE edge = ?'),
    };
  }

  /** In the caller's transaction: when that fails, nothing of it is remembered here. */
  add(sums: Iterable<LedgerSum>): void {
    const kinds = new Map<number, Kind | undefined>();
    for (const sum of sums) {
      if (!kinds.has(sum.kind)) kinds.set(sum.kind, this.#statements.kind.get(sum.kind));
      const kind = kinds.get(sum.kind);
      if (kind?.isSocket === 0) this.#put(rowOf(sum, kind));
    }
    this.nameEdges();
  }

  #put(row: Row): void {
    const { held, insert, later, earlier } = this.#statements;
    const known = held.get(row);
    if (known === undefined) {
      insert.run(row);
      return;
    }
    later.run(row);
    const { firstDropped } = known;
    const isFirstDrop =
      row.firstDropped !== null && (firstDropped === null || row.firstDropped < firstDropped);
    if (row.first < known.first || isFirstDrop) earlier.run(row);
  }

  /** Of rows that have no name yet, as those of earlier schemas. */
  nameEdges(): void {
    this.#statements.name.run();
  }

  noteDigest(posted: PostedDigest): void {
    this.#statements.digest.run(posted);
  }

  /** Undefined takes it back. */
  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): void {
    const { acknowledge, forget } = this.#statements;
    if (acknowledgement === undefined) forget.run(edge);
    else acknowledge.run(edge, acknowledgement.note, acknowledgement.at);
  }
}

/** Where no record tells the client, the lower port is the server's. */
function rowOf(
  { source, destination, sourcePort, destinationPort, first, last }: LedgerSum,
  kind: Kind,
): Row {
  const { client, protocol } = kind;
  const isLower = sourcePort > 0 && sourcePort < destinationPort;
  const isSwapped = client === null ? isLower : client === 'destination';
  const isAllowed = kind.isAllowed === 1;
  const isDropped = kind.isDropped === 1;
  return {
    source: isSwapped ? destination : source,
    destination: isSwapped ? source : destination,
    protocol,
    port: isSwapped ? sourcePort : destinationPort,
    first,
    last,
    firstAllowed: isAllowed ? first : null,
    lastAllowed: isAllowed ? last : null,
    firstDropped: isDropped ? first : null,
    lastDropped: isDropped ? last : null,
  };
}

function edgeIdOf(source: unknown, destination: unknown, protocol: unknown, port: unknown): string {
  return edgeId(String(source), String(destination), String(protocol), Number(port));
}
