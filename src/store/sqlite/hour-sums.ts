import type Database from 'better-sqlite3';
import type { Window } from '../../domain/filter/window.js';
import { Damaged, typed } from './damage.js';
import type { PodsTold } from '../../domain/service-map/foretold.js';
import { DAY, dayOf, hourOf, KEY } from './day-sums.js';
import { HOUR, unitOf } from './edge-counter.js';
import { unpackLatencies } from './packed-latencies.js';
import { GUESSED, UNFORETOLD } from './rollup-parts.js';
import type { RowSums } from './row-sums.js';
import type { ToldParts } from './told-parts.js';

/** Hours since 1970 that sums tell whole; `to` is none of them. */
export interface Hours {
  from: number;
  to: number;
  /** Number of the last flow that the sums contain. */
  lastSeq: number;
}

/** Sums of one hour or one day. */
interface Tier {
  tier: 'hour' | 'day';
  number: number;
}

/** Sums that are read at a stretch: some milliseconds. */
const PAGE = 1_000;
/** Before every key. */
const FIRST: Key = [-1, -1, -1, -1, -1];
type Key = [source: number, destination: number, kind: number, sourcePort: number, destinationPort: number];

/** What the sums have, in hours since 1970 and numbers of flows. */
interface Bounds {
  first: number | null;
  last: number | null;
  lastSeq: number;
  keptSeq: number | null;
  podsSince: number;
  daysUntil: number;
  sumsSince: number | null;
  removed: number | null;
  firstHeld: number | null;
}

const BOUNDS = {
  first: 'integer?',
  last: 'integer?',
  lastSeq: 'count',
  keptSeq: 'count?',
  podsSince: 'count',
  daysUntil: 'count',
  sumsSince: 'count?',
  removed: 'integer?',
  firstHeld: 'count?',
} as const;

type Row = [...Key, flows: number, first: number, last: number, syns: number, resets: number, Buffer | null];

/** Reads the sums of hours and of days: where they reach further back than flows do, and where flows are many. */
export class HourSums {
  readonly #statements;

  constructor(
    db: Database.Database,
    private readonly told: ToldParts,
  ) {
    this.#statements = prepare(db);
  }

  /** The whole hours of a window before the one of which flows were removed last. */
  of({ since, until }: Window): Hours | undefined {
    const { first, lastSeq, keptSeq, sumsSince, removed } = this.#bounds();
    if (first === null || removed === null) return undefined;
    const oldest = Math.max(first, sumsSince ?? 0);
    const from = since === undefined ? oldest : Math.max(oldest, -unitOf(-since, HOUR));
    const to = until === undefined ? removed : Math.min(removed, unitOf(until + 1n, HOUR));
    return from < to ? { from, to, lastSeq: Math.max(lastSeq, keptSeq ?? 0) } : undefined;
  }

  /**
   * All hours of which every flow is held. Undefined where there are none, or sums may tell something else than their
   * flows: where an earlier schema made some of them, or a pod may have been counted for another workload than its own.
   */
  held(): Hours | undefined {
    const { first, last, lastSeq, keptSeq, podsSince, sumsSince, removed, firstHeld } = this.#bounds();
    if (first === null || last === null || firstHeld === null) return undefined;
    if (firstHeld <= Math.max(podsSince, keptSeq ?? 0) || this.#statements.isMistaken.get() !== undefined)
      return undefined;
    // Before the first hour there is nothing, so its day is whole.
    const oldest = hourOf(dayOf(first).day);
    const from = Math.max(oldest, sumsSince ?? oldest, removed === null ? oldest : removed + 1);
    return from <= last ? { from, to: last + 1, lastSeq } : undefined;
  }

  /** Of all flows that ever were in the sums. */
  pods(): PodsTold {
    const { pods } = this.#statements;
    return { guessed: pods.all(GUESSED), unforetold: pods.all(UNFORETOLD) };
  }

  #bounds() {
    return typed(this.#statements.bounds.get(), BOUNDS);
  }

  /** Days, where all hours of them are asked for and folded, and hours; of which there are any. */
  *#tiers({ from, to }: Hours): Generator<Tier> {
    const folded = Math.min(to, this.#bounds().daysUntil);
    const { next } = this.#statements;
    for (let hour = next.get(from); hour != null && hour < to;) {
      const { day } = dayOf(hour);
      const isDay = hourOf(day) >= Math.max(from, 0) && hourOf(day + 1) <= folded;
      yield isDay ? { tier: 'day', number: day } : { tier: 'hour', number: hour };
      hour = next.get(isDay ? hourOf(day + 1) : hour + 1);
    }
  }

  /** Adds the sums of hours, step by step, between which others may have their turn. */
  *read(hours: Hours, sums: RowSums): Generator<void> {
    const numbers = this.told.numbersIn(sums.parts);
    for (const { tier, number } of this.#tiers(hours)) {
      const begin = BigInt(number) * (tier === 'hour' ? HOUR : DAY);
      for (let key: Key | undefined = FIRST; key !== undefined; yield) {
        const rows: Row[] = this.#statements[tier].all(number, ...key, PAGE);
        for (const row of rows) {
          const [source, destination, kind, sourcePort, port, flows, first, last, syns, resets, latencies] =
            row;
          if (![flows, first, last].every(Number.isSafeInteger))
            throw new Damaged('a sum is not what was written');
          const [from, to] = [numbers.end(source), numbers.end(destination)];
          sums.addSum(from, to, numbers.kind(kind), (sourcePort << 16) | port, {
            flows,
            first: begin + BigInt(first),
            last: begin + BigInt(last),
            syns,
            resets,
            latencies: latencies === null ? undefined : unpackLatencies(latencies),
          });
        }
        key = rows.length < PAGE ? undefined : (rows.at(-1)?.slice(0, FIRST.length) as Key | undefined);
      }
    }
  }
}

function prepare(db: Database.Database) {
  const page = (table: string, unit: string) =>
    db
      .prepare<number[], Row>(
        `SELECT ${KEY}, flows, first, last, syns, resets, latencies FROM ${table}
         WHERE ${unit} = ? AND (${KEY}) > (?, ?, ?, ?, ?) ORDER BY ${KEY} LIMIT ?`,
      )
      .raw();
  return {
    bounds: db.prepare<[], Bounds>(
      `SELECT (SELECT min(hour) FROM edge_hour) AS first, (SELECT max(hour) FROM edge_hour) AS last,
         last_seq AS lastSeq, kept_seq AS keptSeq, pods_since AS podsSince, days_until AS daysUntil,
         (SELECT sums_since FROM retention) AS sumsSince,
         (SELECT removed_until / ${HOUR} FROM retention) AS removed,
         (SELECT min(first_seq) FROM segment) AS firstHeld
       FROM rollup`,
    ),
    next: db.prepare<[number], number | null>('SELECT min(hour) FROM edge_hour WHERE hour >= ?').pluck(),
    isMistaken: db.prepare('SELECT 1 FROM rollup_pod WHERE told = 3 LIMIT 1'),
    pods: db.prepare<[number], string>('SELECT pod FROM rollup_pod WHERE told & ? != 0').pluck(),
    hour: page('edge_hour', 'hour'),
    day: page('edge_day', 'day'),
  };
}
