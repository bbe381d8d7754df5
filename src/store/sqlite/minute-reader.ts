import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { wholeMinutes, type NodeMinute } from '../../domain/coverage/node-minute.js';
import type { Window } from '../../domain/filter/window.js';

/** Rows that are read in one go, some milliseconds; then others get their turn. */
const AT_ONCE = 2_000;
/** Rows that span less need not be looked for far before the window. Nanoseconds. */
const MINUTE = 60_000_000_000n;
const FIRST = -(1n << 63n);
const LAST = (1n << 63n) - 1n;

type Row = Record<
  'id' | 'flows' | 'time_min' | 'time_max' | 'ahead' | 'ahead_most' | 'late' | 'late_most' | 'fields',
  bigint
> & { node: string | null };

interface Page {
  since: bigint;
  until: bigint;
  /** Where the page before ended. */
  first: bigint;
  last: bigint;
  id: bigint;
}

/** Reads what nodes delivered, minute by minute. */
export class MinuteReader {
  readonly #page;
  readonly #longest;

  constructor(db: Database.Database) {
    this.#page = db
      .prepare<[Page], Row>(
        `SELECT * FROM node_minute
         WHERE (time_min, time_max, id) > (:first, :last, :id) AND time_min <= :until AND time_max >= :since
         ORDER BY time_min, time_max, id LIMIT ${AT_ONCE}`,
      )
      .safeIntegers();
    this.#longest = db
      .prepare<[bigint], bigint | null>(
        `SELECT min(time_min) FROM node_minute WHERE time_max - time_min >= ${MINUTE} AND time_max >= ?`,
      )
      .safeIntegers()
      .pluck();
  }

  async *read(window: Window): AsyncGenerator<NodeMinute[]> {
    const { since, until } = bounds(wholeMinutes(window));
    const long = this.#longest.get(since) ?? LAST;
    const near = since < FIRST + MINUTE ? FIRST : since - MINUTE;
    const page = { since, until, first: long < near ? long : near, last: FIRST, id: 0n };
    for (;;) {
      const rows = this.#page.all(page);
      yield rows.map(toMinute);
      const end = rows.at(-1);
      if (end === undefined || rows.length < AT_ONCE) return;
      [page.first, page.last, page.id] = [end.time_min, end.time_max, end.id];
      await setImmediate();
    }
  }
}

/** A column has 64 bits. */
function bounds({ since = FIRST, until = LAST }: Window): { since: bigint; until: bigint } {
  return { since: since < FIRST ? FIRST : since, until: until > LAST ? LAST : until };
}

function toMinute(row: Row): NodeMinute {
  return {
    node: row.node ?? undefined,
    flows: Number(row.flows),
    first: row.time_min,
    last: row.time_max,
    ahead: Number(row.ahead),
    aheadMost: Number(row.ahead_most),
    late: Number(row.late),
    lateMost: Number(row.late_most),
    fields: Number(row.fields),
  };
}
