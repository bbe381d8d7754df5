import type Database from 'better-sqlite3';
import type { Window } from '../../domain/filter/window.js';
import type { Endpoint } from '../../domain/flow/flow.js';
import { readEndText, readKindText } from '../../domain/service-map/coarse.js';
import { parseHeld, typed } from './damage.js';
import { HOUR } from './edge-counter.js';
import { unpackLatencies } from './packed-latencies.js';
import type { RowSums } from './row-sums.js';

/** Hours since 1970 that only sums tell whole, as flows of them were removed; `to` is none of them. */
export interface Hours {
  from: number;
  to: number;
  /** Number of the last flow that the sums contain. */
  lastSeq: number;
}

interface End {
  endpoint: Endpoint;
  labels: string | null;
}

/** Ends and kinds of all time that are remembered. */
const MOST_KNOWN = 50_000;

/** Reads the sums of hours that reach further back than flows do. */
export class HourSums {
  readonly #ends = new Map<number, End>();
  readonly #statements;

  constructor(db: Database.Database) {
    this.#statements = {
      bounds: db.prepare<[], { first: number | null; lastSeq: number; removed: number | null }>(
        `SELECT (SELECT min(hour) FROM edge_hour) AS first, (SELECT max(last_seq, coalesce(kept_seq, 0)) FROM rollup) AS lastSeq,
         (SELECT removed_until / ${HOUR} FROM retention) AS removed`,
      ),
      sums: db
        .prepare<[number], (bigint | Buffer | null)[]>(
          `SELECT source, destination, kind, source_port, destination_port, flows, first, last, syns, resets, latencies
           FROM edge_hour WHERE hour = ?`,
        )
        .raw()
        .safeIntegers(),
      end: db.prepare<[number], { told: string; labels: string | null }>(
        'SELECT told, labels FROM rollup_end WHERE id = ?',
      ),
      kind: db.prepare<[number], { told: string }>('SELECT told FROM rollup_kind WHERE id = ?'),
    };
  }

  /** The whole hours of a window before the one of which flows were removed last. */
  of({ since, until }: Window): Hours | undefined {
    const row = this.#statements.bounds.get();
    const { first, lastSeq, removed } = typed(row, { first: 'count?', lastSeq: 'count', removed: 'count?' });
    if (first === null || removed === null) return undefined;
    const from = since === undefined ? first : Math.max(first, -floor(-since));
    const to = until === undefined ? removed : Math.min(removed, floor(until + 1n));
    return from < to ? { from, to, lastSeq } : undefined;
  }

  /** Adds the sums of an hour. */
  read(hour: number, sums: RowSums): void {
    const begin = BigInt(hour) * HOUR;
    const ends = new Map<bigint, number>();
    const kinds = new Map<bigint, number>();
    for (const row of this.#statements.sums.iterate(hour)) {
      const latencies = row.pop();
      const [source = 0n, destination = 0n, kind = 0n, sourcePort, port, flows, ...rest] = row as bigint[];
      const [first = 0n, last = 0n, syns, resets] = rest;
      sums.addSum(
        remembered(ends, source, (id) => this.#end(Number(id), sums)),
        remembered(ends, destination, (id) => this.#end(Number(id), sums)),
        remembered(kinds, kind, (id) => this.#kind(Number(id), sums)),
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

  /** Its number as an endpoint. */
  #end(id: number, { parts }: RowSums): number {
    const { told, labels } = typed(this.#statements.end.get(id), { told: 'text', labels: 'text?' });
    let end = this.#ends.get(id);
    if (end?.labels !== labels) {
      if (this.#ends.size >= MOST_KNOWN) this.#ends.clear();
      this.#ends.set(id, (end = { endpoint: readEndText(parseHeld(told)), labels }));
    }
    return parts.endpoint(end.endpoint, labels === null ? [] : (parseHeld(labels) as string[]));
  }

  #kind(id: number, { parts }: RowSums): number {
    const { told } = typed(this.#statements.kind.get(id), { told: 'text' });
    return parts.kind(readKindText(parseHeld(told))).id;
  }
}

/** The hour that a time lies in. */
function floor(time: bigint): number {
  return Number((time - (((time % HOUR) + HOUR) % HOUR)) / HOUR);
}

function remembered(known: Map<bigint, number>, id: bigint, find: (id: bigint) => number): number {
  let number = known.get(id);
  if (number === undefined) known.set(id, (number = find(id)));
  return number;
}
