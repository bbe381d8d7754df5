import type Database from 'better-sqlite3';
import { HOUR } from './edge-counter.js';

const HOURS = 24;
/** Nanoseconds. */
export const DAY = BigInt(HOURS) * HOUR;
/** Hours that are folded at a stretch: some tens of milliseconds each. */
const HOURS_AT_ONCE = 4;

/**
 * Keeps the table `edge_day`: sums of all hours before one, added up once the hour is over. What comes late to such an
 * hour is added to both, so a day is always what its hours are.
 */
export class DaySums {
  readonly #statements: ReturnType<typeof prepare>;
  #until = 0;
  #hasFailed = false;

  constructor(
    private readonly db: Database.Database,
    private readonly now: () => number,
  ) {
    this.#statements = prepare(db);
    this.reload();
  }

  reload(): void {
    this.#until = this.#statements.until.get() ?? 0;
    this.#hasFailed = false;
  }

  /** Whether what is added to an hour has to be added to its day. */
  has(hour: number): boolean {
    return hour >= 0 && hour < this.#until;
  }

  /** Folds a few hours that are over. Where that fails, hours are read instead until there is a new beginning. */
  foldSome(): void {
    try {
      for (let hours = 0; !this.#hasFailed && hours < HOURS_AT_ONCE; hours++) if (!this.#foldNext()) return;
    } catch {
      this.#hasFailed = true;
    }
  }

  /** The last hour and the one before it still grow, and times may lie in the future. */
  #foldNext(): boolean {
    const { next, newest, fold, note } = this.#statements;
    const hour = next.get(this.#until);
    const current = Math.floor(this.now() / 3_600_000);
    if (hour == null || hour >= Math.min(newest.get() ?? 0, current) - 1) return false;
    this.db.transaction(() => {
      fold.run({ hour });
      note.run(hour + 1);
    })();
    this.#until = hour + 1;
    return true;
  }
}

/** The day that an hour is of, and the nanoseconds before it. */
export function dayOf(hour: number): { day: number; before: bigint } {
  const day = Math.floor(hour / HOURS);
  return { day, before: BigInt(hour - day * HOURS) * HOUR };
}

/** The first hour of a day. */
export function hourOf(day: number): number {
  return day * HOURS;
}

/** The first day that begins with this hour, or later. */
export function dayFrom(hour: number): number {
  return Math.ceil(hour / HOURS);
}

function prepare(db: Database.Database) {
  return {
    until: db.prepare<[], number>('SELECT days_until FROM rollup').pluck(),
    next: db.prepare<[number], number | null>('SELECT min(hour) FROM edge_hour WHERE hour >= ?').pluck(),
    newest: db.prepare<[], number | null>('SELECT max(hour) FROM edge_hour').pluck(),
    note: db.prepare<[number]>('UPDATE rollup SET days_until = ?'),
    fold: db.prepare<[{ hour: number }]>(
      `INSERT INTO edge_day SELECT ${OF_DAY} FROM edge_hour WHERE hour = :hour ${ADDED}`,
    ),
  };
}

/** What a sum of an hour, or of a day, is of. */
export const KEY = 'source, destination, kind, source_port, destination_port';

/** A sum of an hour as one of its day; of hours from 1970 on. */
export const OF_DAY = `hour / ${HOURS} AS day, ${KEY}, flows, first + hour % ${HOURS} * ${HOUR} AS first,
  last + hour % ${HOURS} * ${HOUR} AS last, syns, resets, latencies`;

/** What comes to a sum that is there; `with_latencies` adds up histograms. */
export const ADDED = `ON CONFLICT DO UPDATE SET flows = flows + excluded.flows,
  first = min(first, excluded.first), last = max(last, excluded.last),
  syns = syns + excluded.syns, resets = resets + excluded.resets,
  latencies = with_latencies(latencies, excluded.latencies)`;
