import type Database from 'better-sqlite3';
import type { Window } from '../../domain/filter/window.js';
import { typed } from './damage.js';
import { HOUR, unitOf } from './edge-counter.js';
import { unpackLatencies } from './packed-latencies.js';
import type { RowSums } from './row-sums.js';
import type { ToldParts } from './told-parts.js';

/** Hours since 1970 that only sums tell whole, as flows of them were removed; `to` is none of them. */
export interface Hours {
  from: number;
  to: number;
  /** Number of the last flow that the sums contain. */
  lastSeq: number;
}

/** Reads the sums of hours that reach further back than flows do. */
export class HourSums {
  readonly #statements;

  constructor(
    db: Database.Database,
    private readonly told: ToldParts,
  ) {
    this.#statements = {
      bounds: db.prepare<[], { first: number | null; lastSeq: number; removed: number | null }>(
        `SELECT (SELECT max(min(hour), (SELECT coalesce(sums_since, 0) FROM retention)) FROM edge_hour) AS first, (SELECT max(last_seq, coalesce(kept_seq, 0)) FROM rollup) AS lastSeq,
         (SELECT removed_until / ${HOUR} FROM retention) AS removed`,
      ),
      sums: db
        .prepare<[number], (bigint | Buffer | null)[]>(
          `SELECT source, destination, kind, source_port, destination_port, flows, first, last, syns, resets, latencies
           FROM edge_hour WHERE hour = ?`,
        )
        .raw()
        .safeIntegers(),
    };
  }

  /** The whole hours of a window before the one of which flows were removed last. */
  of({ since, until }: Window): Hours | undefined {
    const row = this.#statements.bounds.get();
    const { first, lastSeq, removed } = typed(row, { first: 'count?', lastSeq: 'count', removed: 'count?' });
    if (first === null || removed === null) return undefined;
    const from = since === undefined ? first : Math.max(first, -unitOf(-since, HOUR));
    const to = until === undefined ? removed : Math.min(removed, unitOf(until + 1n, HOUR));
    return from < to ? { from, to, lastSeq } : undefined;
  }

  /** Adds the sums of an hour. */
  read(hour: number, sums: RowSums): void {
    const begin = BigInt(hour) * HOUR;
    const numbers = this.told.numbersIn(sums.parts);
    for (const row of this.#statements.sums.iterate(hour)) {
      const latencies = row.pop();
      const [source = 0n, destination = 0n, kind = 0n, sourcePort, port, flows, ...rest] = row as bigint[];
      const [first = 0n, last = 0n, syns, resets] = rest;
      sums.addSum(
        numbers.end(Number(source)),
        numbers.end(Number(destination)),
        numbers.kind(Number(kind)),
        (Number(sourcePort) << 16) | Number(port),
        {
          flows: Number(flows),
          first: begin + first,
          last: begin + last,
          syns: Number(syns),
          resets: Number(resets),
          latencies: Buffer.isBuffer(latencies) ? unpackLatencies(latencies) : undefined,
        },
      );
    }
  }
}
