import type Database from 'better-sqlite3';
import type { Acknowledgement } from '../../domain/ledger/ledger.js';

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

/** Keeps the tables `ledger` and `acknowledgement`. */
export class LedgerWriter {
  readonly #statements;

  constructor(db: Database.Database) {
    this.#statements = {
      sum: db.prepare<[LedgerSum]>(
        `INSERT INTO ledger
         SELECT iif(is_swapped, :destination, :source), iif(is_swapped, :source, :destination), protocol,
                iif(is_swapped, :sourcePort, :destinationPort), :first, :last,
                iif(is_allowed, :first, NULL), iif(is_allowed, :last, NULL),
                iif(is_dropped, :first, NULL), iif(is_dropped, :last, NULL)
         FROM (
           SELECT coalesce(told ->> 'protocol', '') AS protocol,
                  iif(client IS NULL, :sourcePort > 0 AND :sourcePort < :destinationPort, client = 'destination') AS is_swapped,
                  told ->> 'verdict' IN ('FORWARDED', 'REDIRECTED', 'AUDIT') AS is_allowed,
                  coalesce(told ->> 'verdict' = 'DROPPED', 0) AS is_dropped
           FROM rollup_kind WHERE id = :kind AND told ->> 'point' NOT LIKE 'trace-sock%'
         )
         WHERE true
         ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
           first_allowed = coalesce(min(first_allowed, excluded.first_allowed), first_allowed, excluded.first_allowed),
           last_allowed = coalesce(max(last_allowed, excluded.last_allowed), last_allowed, excluded.last_allowed),
           first_dropped = coalesce(min(first_dropped, excluded.first_dropped), first_dropped, excluded.first_dropped),
           last_dropped = coalesce(max(last_dropped, excluded.last_dropped), last_dropped, excluded.last_dropped)`,
      ),
      acknowledge: db.prepare<[string, string, number]>(
        'INSERT OR REPLACE INTO acknowledgement (edge, note, at) VALUES (?, ?, ?)',
      ),
      forget: db.prepare<[string]>('DELETE FROM acknowledgement WHERE edge = ?'),
    };
  }

  add(sum: LedgerSum): void {
    this.#statements.sum.run(sum);
  }

  /** Undefined takes it back. */
  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): void {
    const { acknowledge, forget } = this.#statements;
    if (acknowledgement === undefined) forget.run(edge);
    else acknowledge.run(edge, acknowledgement.note, acknowledgement.at);
  }
}
