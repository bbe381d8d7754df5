import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { wholeMinutes, type NodeMinute } from '../../domain/coverage/node-minute.js';
import { MOST_NODES } from '../../domain/coverage/node-history.js';
import type { LastHeard } from '../../domain/coverage/silent-nodes.js';
import type { Window } from '../../domain/filter/window.js';
import { typed } from './damage.js';

/** Rows that are read in one go, some milliseconds; then others get their turn. */
const AT_ONCE = 2_000;
/** Rows that span less need not be looked for far before the window. Nanoseconds. */
const MINUTE = 60_000_000_000n;
const FIRST = -(1n << 63n);
const LAST = (1n << 63n) - 1n;

const HEARD = { node: 'text', last: 'bigint' } as const;

type Row = [
  id: number,
  node: string | null,
  first: bigint,
  last: bigint,
  flows: number,
  ahead: number,
  aheadMost: number,
  late: number,
  lateMost: number,
  fields: number,
];

interface Page {
  since: bigint;
  until: bigint;
  /** Where the page before ended. */
  first: bigint;
  last: bigint;
  id: number;
}

/** Reads what nodes delivered, minute by minute. */
export class MinuteReader {
  readonly #page;
  readonly #longest;
  readonly #heard;
  readonly #version;
  /** Of everything that is held, as of a version of the database. */
  #known: { version: number; heard: readonly LastHeard[] } | undefined;

  constructor(db: Database.Database) {
    this.#page = db
      .prepare<[Page], Row>(
        // Of all numbers, only the times are beyond what a 64-bit float holds.
        `SELECT id * 1.0, node, time_min, time_max, flows * 1.0, ahead * 1.0, ahead_most * 1.0, late * 1.0,
           late_most * 1.0, fields * 1.0
         FROM node_minute
         WHERE (time_min, time_max, id) > (:first, :last, :id) AND time_min <= :until AND time_max >= :since
         ORDER BY time_min, time_max, id LIMIT ${AT_ONCE}`,
      )
      .raw()
      .safeIntegers();
    this.#longest = db
      .prepare<[bigint], bigint | null>(
        `SELECT min(time_min) FROM node_minute INDEXED BY node_minute_long
         WHERE time_max - time_min >= ${MINUTE} AND time_max >= ?`,
      )
      .safeIntegers()
      .pluck();
    // Changes when another connection has committed: https://sqlite.org/pragma.html#pragma_data_version
    this.#version = db.prepare<[], number>('PRAGMA data_version').pluck();
    const heard = 'node_minute INDEXED BY node_minute_heard WHERE ahead = 0 AND node IS NOT NULL';
    this.#heard = db
      .prepare<[{ until: bigint }], LastHeard>(
        `WITH RECURSIVE name (node) AS (
           SELECT * FROM (SELECT node FROM ${heard} ORDER BY node LIMIT 1)
           UNION ALL
           SELECT (SELECT node FROM ${heard} AND node_minute.node > name.node ORDER BY node LIMIT 1)
           FROM name WHERE name.node IS NOT NULL LIMIT ${MOST_NODES}
         )
         SELECT node, last FROM (
           SELECT node, (SELECT max(time_max) FROM ${heard} AND node_minute.node = name.node AND time_max <= :until) AS last
           FROM name WHERE node IS NOT NULL
         ) WHERE last IS NOT NULL`,
      )
      .safeIntegers();
  }

  /** Without an end it is worked out once a commit: every answer tells of it, and most have no end. */
  lastHeard(until: bigint | undefined): readonly LastHeard[] {
    if (until !== undefined) return this.#read(until);
    // Asked first: should more be committed meanwhile, it is worked out once too often.
    const version = this.#version.get() ?? 0;
    if (this.#known?.version !== version) this.#known = { version, heard: this.#read(LAST) };
    return this.#known.heard;
  }

  /** Each step is a look into the index, so it takes as long as there are nodes. */
  #read(until: bigint): LastHeard[] {
    return this.#heard
      .all({ until: bounds({ since: undefined, until }).until })
      .map((row) => typed(row, HEARD));
  }

  async *read(window: Window): AsyncGenerator<NodeMinute[]> {
    const { since, until } = bounds(wholeMinutes(window));
    const long = this.#longest.get(since) ?? LAST;
    const near = since < FIRST + MINUTE ? FIRST : since - MINUTE;
    const page = { since, until, first: long < near ? long : near, last: FIRST, id: 0 };
    for (;;) {
      const rows = this.#page.all(page);
      yield rows.map(toMinute);
      const end = rows.at(-1);
      if (end === undefined || rows.length < AT_ONCE) return;
      [page.id, , page.first, page.last] = end;
      await setImmediate();
    }
  }
}

/** A column has 64 bits. */
function bounds({ since = FIRST, until = LAST }: Window): { since: bigint; until: bigint } {
  return { since: since < FIRST ? FIRST : since, until: until > LAST ? LAST : until };
}

function toMinute([, node, first, last, flows, ahead, aheadMost, late, lateMost, fields]: Row): NodeMinute {
  return { node: node ?? undefined, first, last, flows, ahead, aheadMost, late, lateMost, fields };
}
