import type Database from 'better-sqlite3';
import { usualFields } from '../../domain/coverage/fields.js';
import type { NodeMinute } from '../../domain/coverage/node-minute.js';
import { minutesOfBlock, type DeliveredBlock, type NewestFlows } from './block-minutes.js';

/** Nodes whose newest flow is known, and rows that are looked at for it at the start. */
const MOST_NEWEST = 10_000;

/** Keeps what each node delivered, minute by minute: a few rows a block, in its transaction. */
export class NodeMinutes {
  readonly #statements: ReturnType<typeof prepare>;
  #newest = new Newest();

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** Of a block that takes no more flows; `arrival` is the clock then, in milliseconds. */
  of(block: DeliveredBlock, arrival: number): NodeMinute[] {
    return minutesOfBlock(block, arrival * 1e6, this.#newest);
  }

  insert(firstSeq: number, minutes: readonly NodeMinute[]): void {
    for (const { node, flows, first, last, ahead, aheadMost, late, lateMost, fields } of minutes)
      this.#statements.insert.run(
        firstSeq,
        node ?? null,
        flows,
        first,
        last,
        ahead,
        aheadMost,
        late,
        lateMost,
        fields,
      );
  }

  /** For blocks that become one, in its transaction: what they say of the same node and minute is put together. */
  merge(firstSeq: number, lastSeq: number): void {
    const { newestRow, merge, remove } = this.#statements;
    const upTo = newestRow.get() ?? 0;
    merge.run({ firstSeq, lastSeq });
    remove.run(firstSeq, lastSeq, upTo);
  }

  /** Knows again what the file holds: at the start, and after a commit failed. */
  reload(): void {
    this.#newest = new Newest();
    // A minute in which a clock was ahead may have no other flows; one in which flows had no time neither.
    for (const { node, newest } of this.#statements.newest.all(MOST_NEWEST)) this.#newest.set(node, newest);
  }
}

/** Forgets everything when it is full: a lateness is then found from the next flow on. */
class Newest implements NewestFlows {
  readonly #times = new Map<string, number>();

  get(node: string): number | undefined {
    return this.#times.get(node);
  }

  set(node: string, time: number): void {
    if (this.#times.size >= MOST_NEWEST && !this.#times.has(node)) this.#times.clear();
    this.#times.set(node, time);
  }
}

function prepare(db: Database.Database) {
  const fields = usualFields.map((_, bit) => `max(fields & ${1 << bit})`).join(' | ');
  return {
    insert: db.prepare(
      `INSERT INTO node_minute (first_seq, node, flows, time_min, time_max, ahead, ahead_most, late, late_most, fields)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    newestRow: db.prepare<[], number | null>('SELECT max(id) FROM node_minute').pluck(),
    merge: db.prepare<[{ firstSeq: number; lastSeq: number }]>(
      `INSERT INTO node_minute (first_seq, node, flows, time_min, time_max, ahead, ahead_most, late, late_most, fields)
       SELECT :firstSeq, node, sum(flows), min(time_min), max(time_max), sum(ahead), max(ahead_most), sum(late),
         max(late_most), ${fields}
       FROM node_minute WHERE first_seq BETWEEN :firstSeq AND :lastSeq
       GROUP BY node, CAST(floor(time_min / 60e9) AS INTEGER), CAST(floor(time_max / 60e9) AS INTEGER)
       ORDER BY min(time_min)`,
    ),
    remove: db.prepare<[number, number, number]>(
      'DELETE FROM node_minute WHERE first_seq BETWEEN ? AND ? AND id <= ?',
    ),
    newest: db.prepare<[number], { node: string; newest: number }>(
      `SELECT node, max(time_max) * 1.0 AS newest FROM (SELECT * FROM node_minute ORDER BY id DESC LIMIT ?)
       WHERE node IS NOT NULL AND ahead = 0 AND fields & 1 GROUP BY node`,
    ),
  };
}
