import type Database from 'better-sqlite3';
import { fromMilliseconds } from '../../domain/flow/timestamp.js';
import type { KeepLimits, Removal } from '../flow-writer.js';
import { Gone } from './damage.js';
import { HOUR, unitOf } from './edge-counter.js';
import { OldSums } from './old-sums.js';
import { RemovedMinutes, type Minutes } from './removed-minutes.js';
import type { SegmentInfo } from './segment.js';

/** Segments that one transaction removes: some milliseconds, after which flows are stored again. */
const SEGMENTS_AT_ONCE = 8;
/** Where sums by minute are made of them, which takes longer than removing. */
const SUMMED_AT_ONCE = 2;
const EVENTS_AT_ONCE = 1_000;
/** Pages of 16 KiB that one step gives back to the file system: 4 MiB. */
const PAGES_AT_ONCE = 256;
/**
 * Who counted everything counts again after a removal, so removals are not for every segment: what is
 * too old waits for this share of the time it is kept, up to an hour; where the size is exceeded, so
 * much is removed beyond it.
 */
const SHARE = 1 / 20;
export const LONGEST_WAIT = 3_600_000;
/** Of the size, sums by minute may take so much before flows have to go for them. */
const MINUTES_SHARE = 1 / 10;
/** Pages that the log may have before it is copied into the file: as many as else, fewer where the limit is small. */
const LOG_PAGES = 2_000;
const LOG_SHARE = 1 / 8;
/** Free pages stay for what comes next, unless they are more than this share of the file. */
const MOST_FREE = 0.5;
/** Milliseconds to wait for readers before the log stays as long as it is. */
const PATIENCE = 50;

/** What one step removed. */
interface Step extends Removal {
  segments: { firstSeq: number; flows: number }[];
}

interface StoredSegment extends Record<Exclude<keyof SegmentInfo, 'timeMin' | 'timeMax'>, bigint> {
  timeMin: bigint;
  timeMax: bigint;
  /** Asked of those that came first alone. */
  bytes: bigint;
}

/** Milliseconds that what is too old waits before it is removed, at most. */
export function waitOf({ keepFor = Infinity }: KeepLimits): number {
  return Math.min(LONGEST_WAIT, Math.floor(keepFor * SHARE));
}

/** Removes what is too old or too much: whole segments, the oldest first, a few in a transaction. */
export class Retention {
  readonly #sums: OldSums;
  readonly #minutes: RemovedMinutes | undefined;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #pageSize: number;
  /** Bytes that the log may grow to; they count as used, as they will be. */
  readonly #log: number;
  /** The size was exceeded, and less than enough was removed since. */
  #isTooLarge = false;
  #isTold = true;

  constructor(
    private readonly db: Database.Database,
    readonly limits: KeepLimits,
    private readonly now: () => number,
  ) {
    this.#statements = prepare(db);
    this.#sums = new OldSums(db, limits, now);
    if (limits.keepMinutesFor !== undefined) this.#minutes = new RemovedMinutes(db);
    this.#pageSize = this.#pragma('page_size');
    const share = Math.max(8, Math.floor(((limits.keepBytes ?? Infinity) * LOG_SHARE) / this.#pageSize));
    const pages = Math.min(LOG_PAGES, share);
    this.#log = pages * this.#pageSize;
    if (limits.keepBytes === undefined) return;
    db.pragma(`wal_autocheckpoint = ${pages}`);
    db.pragma(`journal_size_limit = ${this.#log}`);
  }

  /** Whether enough is too much, or too old, to begin. */
  get isDue(): boolean {
    const { keepFor } = this.limits;
    if (this.#bytesUsed() > this.#room) this.#isTooLarge = true;
    if (this.#isTooLarge || keepFor === undefined) return this.#isTooLarge;
    const oldest = fromMilliseconds(this.now() - keepFor - waitOf(this.limits));
    const { older, olderEvent } = this.#statements;
    return older.get(oldest, 1) !== undefined || olderEvent.get(oldest) !== undefined;
  }

  /** False between a removal and `tell`. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Undefined when nothing more is too much. */
  async removeSome(): Promise<Step | undefined> {
    const step: Step = { flows: 0, events: 0, until: undefined, segments: [] };
    if (this.#isTooLarge && this.#removeMinutes((this.limits.keepBytes ?? Infinity) * MINUTES_SHARE))
      return step;
    const rows = this.#next();
    const minutes = await this.#minutes?.of(rows.map(infoOf), this.#sums.oldestMinutes());
    if (!this.db.open) return undefined;
    this.db.transaction(() => {
      for (const row of rows) this.#remove(row, step);
      this.#removeEvents(step);
      if (step.flows > 0) this.#noteMinutes(minutes, step);
      if (step.flows === 0 && step.events === 0) return;
      const { flows, events, until = null } = step;
      this.#statements.note.run({ flows, events, until, now: this.now() });
      if (this.#isTooLarge) this.#isTooLarge = this.#bytesUsed() > this.#enough;
    })();
    if (step.flows === 0 && step.events === 0)
      return this.#isTooLarge && this.#removeMinutes(0) ? step : undefined;
    this.#isTold = false;
    return step;
  }

  /** What goes next: what is too old, else what came first, as much of it as is too much. */
  #next(): StoredSegment[] {
    const { keepFor } = this.limits;
    const { older, first } = this.#statements;
    const most = this.#minutes === undefined ? SEGMENTS_AT_ONCE : SUMMED_AT_ONCE;
    const old = keepFor === undefined ? [] : older.all(fromMilliseconds(this.now() - keepFor), most);
    if (old.length > 0 || !this.#isTooLarge) return old;
    let excess = this.#bytesUsed() - this.#enough;
    return first.all(most).filter(({ bytes }) => {
      const isTooMuch = excess > 0;
      excess -= Number(bytes);
      return isTooMuch;
    });
  }

  #removeEvents(step: Step): void {
    const { keepFor } = this.limits;
    const { olderEvents, timelessEvents, firstEvents, eventsBefore } = this.#statements;
    if (keepFor !== undefined) {
      step.events += olderEvents.run(fromMilliseconds(this.now() - keepFor), EVENTS_AT_ONCE).changes;
      step.events += timelessEvents.run(EVENTS_AT_ONCE).changes;
    }
    if (!this.#isTooLarge) return;
    const removed = step.segments.length > 0 ? eventsBefore : firstEvents;
    step.events += removed.run(EVENTS_AT_ONCE).changes;
  }

  /** From when on minutes tell of all that was removed. */
  #noteMinutes(minutes: Minutes | undefined, { until }: Step): void {
    if (minutes !== undefined) {
      this.#minutes?.write(minutes);
      this.#sums.noteMinutes(this.#sums.oldestMinutes());
    } else if (until !== undefined) this.#sums.noteMinutes(unitOf(until, HOUR) + 1);
  }

  /** The oldest sums by minute, while all of them take more than so many bytes; false when they do not. */
  #removeMinutes(most: number): boolean {
    const isRemoved = this.#sums.removeOldestMinutes(most);
    if (isRemoved) this.#isTooLarge = this.#bytesUsed() > this.#enough;
    return isRemoved;
  }

  #remove({ id, firstSeq, flows, timeMax }: StoredSegment, step: Step): void {
    const { numbers, timeless, minutes, segment } = this.#statements;
    const lastSeq = firstSeq + flows - 1n;
    numbers.run(id, lastSeq);
    timeless.run(firstSeq, lastSeq);
    minutes.run(firstSeq, lastSeq);
    // What was added up and what goes are the same flows, or none.
    if (segment.run(id, flows).changes !== 1) throw new Gone('a block was merged while it was to be removed');
    step.segments.push({ firstSeq: Number(firstSeq), flows: Number(flows) });
    step.flows += Number(flows);
    if (step.until === undefined || timeMax > step.until) step.until = timeMax;
  }

  /** Removes a few sums and drops that are too old; false when there are none. */
  removeOldSums(): boolean {
    return this.#sums.removeSome();
  }

  /** Those who counted what is held are to count again. Of the dictionary, `generation` and later ones are in use. */
  tell(generation: number): void {
    this.db.transaction(() => {
      this.#statements.dictionary.run(generation);
      this.#statements.tell.run();
    })();
    this.#isTold = true;
  }

  /** Gives a few free pages back to the file system; false when there is no reason to, or none can be. */
  shrinkSome(): boolean {
    const [pages, free] = [this.#pragma('page_count'), this.#pragma('freelist_count')];
    const beyond = Math.max(Math.ceil(pages - this.#room / this.#pageSize), free - pages * MOST_FREE);
    const some = Math.floor(Math.min(free, beyond, PAGES_AT_ONCE));
    if (some <= 0) return false;
    this.db.pragma(`incremental_vacuum(${some})`);
    return this.#pragma('page_count') < pages;
  }

  /** Copies the log into the file and empties it, so that the file system gets what was given back. */
  emptyLog(): void {
    this.db.pragma(`busy_timeout = ${PATIENCE}`);
    this.db.pragma('wal_checkpoint(TRUNCATE)');
    this.db.pragma('busy_timeout = 5000');
  }

  /** Where removing ends that began as the file was too large. */
  get #enough(): number {
    return this.#room * (1 - SHARE);
  }

  /** Bytes for the file itself. */
  get #room(): number {
    return (this.limits.keepBytes ?? Infinity) - this.#log;
  }

  #bytesUsed(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pageSize;
  }

  #pragma(name: string): number {
    return this.db.pragma(name, { simple: true }) as number;
  }
}

function infoOf({ timeMin, timeMax, ...row }: StoredSegment): SegmentInfo {
  return {
    id: Number(row.id),
    generation: Number(row.generation),
    firstSeq: Number(row.firstSeq),
    flows: Number(row.flows),
    timeMin,
    timeMax,
  };
}

const SEGMENT =
  'SELECT id, generation, first_seq AS firstSeq, flows, time_min AS timeMin, time_max AS timeMax';
const BYTES = `length(columns) + length(keys) +
  (SELECT coalesce(sum(length(texts)), 0) FROM text_chunk WHERE segment_id = segment.id) AS bytes`;
/** An event came between two flows: it goes with the later one. */
const BEFORE =
  'after_seq < (SELECT coalesce((SELECT min(first_seq) FROM segment), last_seq + 1) FROM retention) - 1';
const KINDS = "('lost_events', 'node_status', 'agent_event', 'debug_event')";

function prepare(db: Database.Database) {
  const rows = (sql: string) => db.prepare<(bigint | number)[], StoredSegment>(sql).safeIntegers();
  const removeEvents = (which: string) =>
    db.prepare<(bigint | number)[]>(
      `DELETE FROM event WHERE id IN (SELECT id FROM event WHERE ${which} LIMIT ?)`,
    );
  return {
    older: rows(`${SEGMENT}, 0 AS bytes FROM segment WHERE time_max < ? ORDER BY time_max LIMIT ?`),
    first: rows(`${SEGMENT}, ${BYTES} FROM segment ORDER BY first_seq LIMIT ?`),
    olderEvent: db.prepare<[bigint]>(`SELECT 1 FROM event WHERE kind IN ${KINDS} AND time < ? LIMIT 1`),
    olderEvents: removeEvents(`kind IN ${KINDS} AND time < ?`),
    timelessEvents: removeEvents(`time IS NULL AND ${BEFORE}`),
    eventsBefore: removeEvents(BEFORE),
    firstEvents: db.prepare<[number]>(
      'DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT ?)',
    ),
    segment: db.prepare<[bigint, bigint]>('DELETE FROM segment WHERE id = ? AND flows = ?'),
    timeless: db.prepare<[bigint, bigint]>('DELETE FROM timeless WHERE seq BETWEEN ? AND ?'),
    minutes: db.prepare<[bigint, bigint]>('DELETE FROM node_minute WHERE first_seq BETWEEN ? AND ?'),
    numbers: db.prepare<[bigint, bigint]>(
      'UPDATE retention SET last_segment = max(last_segment, ?), last_seq = max(last_seq, ?)',
    ),
    note: db.prepare<[{ flows: number; events: number; until: bigint | null; now: number }]>(
      `UPDATE retention SET flows = flows + :flows, events = events + :events, updated = :now,
       removed_until = coalesce(max(removed_until, :until), removed_until, :until)`,
    ),
    tell: db.prepare('UPDATE retention SET removals = removals + 1'),
    dictionary: db.prepare<[number]>(
      'DELETE FROM dictionary WHERE generation < ? AND generation NOT IN (SELECT generation FROM segment)',
    ),
  };
}
