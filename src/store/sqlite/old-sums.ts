import type Database from 'better-sqlite3';
import { fromMilliseconds } from '../../domain/flow/timestamp.js';
import type { KeepLimits } from '../flow-writer.js';
import { dayFrom, KEY } from './day-sums.js';
import { HOUR, unitOf } from './edge-counter.js';

/** Rows that one transaction removes: some milliseconds. */
const ROWS_AT_ONCE = 2_000;

/** Packed sums by minute are larger. */
const PARTS_AT_ONCE = 100;

/** Removes sums and drops that are too old, each by a limit of its own. */
export class OldSums {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(
    private readonly db: Database.Database,
    private readonly limits: KeepLimits,
    private readonly now: () => number,
  ) {
    this.#statements = prepare(db);
  }

  /** False when nothing is too old any more. */
  removeSome(): boolean {
    const { keepFor, keepDropsFor = keepFor, keepSumsFor = keepFor } = this.limits;
    const beyond = this.#removedBeyond();
    const drops = later(this.#before(keepDropsFor), beyond);
    const sums = later(this.#before(keepSumsFor), beyond);
    const hour = Math.max(0, unitOf(sums, HOUR));
    const { drops: removeDrops } = this.#statements;
    return (
      removeDrops.run(drops, ROWS_AT_ONCE).changes > 0 ||
      this.#removeSums(hour) ||
      // Hours of which they tell only a part are of no use.
      this.#removeMinutes(Math.max(this.oldestMinutes(), this.#statements.since.get() ?? 0), PARTS_AT_ONCE)
    );
  }

  /** Nobody takes those that are left of an hour for all of it. */
  #removeSums(before: number): boolean {
    const { sums, days, sumsSince } = this.#statements;
    return this.db.transaction(() => {
      const removed =
        sums.run(before, ROWS_AT_ONCE).changes + days.run(dayFrom(before), ROWS_AT_ONCE).changes;
      // Also where the hours before it had none: the day that it lies in is told by its hours from now on.
      if (removed > 0) sumsSince.run({ since: before });
      return removed > 0;
    })();
  }

  /** The first hour of which sums by minute are kept. */
  oldestMinutes(): number {
    const { keepFor, keepMinutesFor = keepFor } = this.limits;
    return Math.max(0, unitOf(this.#before(keepMinutesFor), HOUR));
  }

  /** Those of the first hours, if all of them take more than so many bytes. */
  removeOldestMinutes(most: number): boolean {
    const { minutesBytes, firstMinutes } = this.#statements;
    if ((minutesBytes.get() ?? 0) <= most) return false;
    return this.#removeMinutes((firstMinutes.get() ?? 0) + 1, -1);
  }

  #removeMinutes(before: number, most: number): boolean {
    const { minutes, gaps } = this.#statements;
    return this.db.transaction(() => {
      const isAny = minutes.run(before, most).changes > 0;
      if (gaps.run(BigInt(before) * HOUR).changes > 0 || isAny) this.noteMinutes(before);
      return isAny;
    })();
  }

  /** Before this hour, flows were removed that are in no sums by minute. */
  noteMinutes(since: number): void {
    this.#statements.minutesSince.run({ since: Math.max(0, since) });
  }

  #before(keepFor: number | undefined): bigint {
    return keepFor === undefined ? 0n : fromMilliseconds(this.now() - keepFor);
  }

  /**
   * Where flows went because the size was exceeded, sums and drops of their time go with them: they would take
   * the place of flows more and more. Until then is the oldest flow that is held.
   */
  #removedBeyond(): bigint {
    const { keepFor, keepBytes } = this.limits;
    const removed = this.#statements.removed.get();
    if (keepBytes === undefined || removed == null || removed < this.#before(keepFor)) return 0n;
    return this.#statements.oldest.get() ?? removed;
  }
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function prepare(db: Database.Database) {
  const time = (sql: string) => db.prepare<[], bigint | null>(sql).pluck().safeIntegers();
  const since = (column: string) =>
    db.prepare<[{ since: number }]>(
      `UPDATE retention SET ${column} = max(coalesce(${column}, :since), :since)`,
    );
  return {
    removed: time('SELECT removed_until FROM retention'),
    oldest: time('SELECT min(time_min) FROM segment'),
    minutesBytes: db.prepare<[], number | null>('SELECT sum(length(columns)) FROM edge_minutes').pluck(),
    firstMinutes: db.prepare<[], number | null>('SELECT min(hour) FROM edge_minutes').pluck(),
    minutes: db.prepare<[number, number]>(
      `DELETE FROM edge_minutes WHERE (hour, part) IN
         (SELECT hour, part FROM edge_minutes WHERE hour < ? ORDER BY hour LIMIT ?)`,
    ),
    gaps: db.prepare<[bigint]>('DELETE FROM minute_gap WHERE time_max < ?'),
    since: db.prepare<[], number | null>('SELECT minutes_since FROM retention').pluck(),
    minutesSince: since('minutes_since'),
    drops: db.prepare<[bigint, number]>(
      'DELETE FROM dropped WHERE (time, seq) IN (SELECT time, seq FROM dropped WHERE time < ? LIMIT ?)',
    ),
    sumsSince: since('sums_since'),
    sums: db.prepare<[number, number]>(
      `DELETE FROM edge_hour WHERE (hour, ${KEY}) IN (SELECT hour, ${KEY} FROM edge_hour WHERE hour < ? LIMIT ?)`,
    ),
    days: db.prepare<[number, number]>(
      `DELETE FROM edge_day WHERE (day, ${KEY}) IN (SELECT day, ${KEY} FROM edge_day WHERE day < ? LIMIT ?)`,
    ),
  };
}
