import type Database from 'better-sqlite3';
import type { Removed } from '../flow-store.js';
import { typed } from './damage.js';

interface RemovedRow {
  removals: bigint;
  flows: bigint;
  events: bigint;
  until: bigint | null;
  last: bigint | null;
}

const REMOVED = {
  removals: 'bigint',
  flows: 'bigint',
  events: 'bigint',
  until: 'bigint?',
  last: 'bigint?',
} as const;

/** Reads what retention removed. */
export class RetentionReader {
  readonly #lastSeq;
  readonly #removed;

  constructor(db: Database.Database) {
    this.#lastSeq = db.prepare<[], { lastSeq: number }>('SELECT last_seq AS lastSeq FROM retention');
    this.#removed = db
      .prepare<[], RemovedRow>(
        'SELECT removals, flows, events, removed_until AS until, updated AS last FROM retention',
      )
      .safeIntegers();
  }

  /** Greatest number that was removed. */
  lastSeq(): number {
    return typed(this.#lastSeq.get(), { lastSeq: 'count' }).lastSeq;
  }

  removed(): Removed {
    const { removals, flows, events, until, last } = typed(this.#removed.get(), REMOVED);
    return {
      removals: Number(removals),
      flows: Number(flows),
      events: Number(events),
      until: until ?? undefined,
      last: last === null ? undefined : Number(last),
    };
  }
}
