import type Database from 'better-sqlite3';
import { formatTimestamp } from '../../domain/flow/timestamp.js';
import { DAY, dayFrom, dayOf, KEY, OF_DAY } from './day-sums.js';
import { EdgeCounter, HOUR } from './edge-counter.js';
import { packLatencies } from './packed-latencies.js';
import { RollupParts } from './rollup-parts.js';
import { rowsOf } from './rollup.js';
import { rowsBetween } from './rows.js';
import type { Segment } from './segment.js';

type Row = (bigint | Buffer | null)[];

function textOf(values: readonly unknown[]): string {
  return values.map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : value)).join();
}

/** Makes the sums by hour again, and compares them with those that rest. */
export class SumsVerifier {
  readonly #counter;
  readonly #counted: number;
  readonly #db;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#counter = new EdgeCounter(new RollupParts(db, 'reads'));
    this.#counted = db.prepare<[], number>('SELECT last_seq FROM rollup').pluck().get() ?? 0;
  }

  /** Segments come in order, and each flow is in one. */
  add(segment: Segment): void {
    const { firstSeq, flows } = segment.info;
    const counted = Math.min(flows, this.#counted - firstSeq + 1);
    if (counted > 0) this.#counter.add(rowsOf(segment), rowsBetween(0, counted));
  }

  /** Of hours of which flows were removed, sums tell more than there is: they are not looked at. */
  *check(): Generator<string> {
    const since = this.#removedUntil();
    const made = new Map<string, string>();
    for (const { key, flows, first, last, syns, resets, latencies } of this.#counter.sums.all()) {
      const [hour = 0, source, destination, kind, ports = 0] = key;
      if (hour <= since) continue;
      const begin = BigInt(hour) * HOUR;
      const name = [hour, source, destination, kind, ports >>> 16, ports & 0xffff].join();
      const packed = latencies && packLatencies(latencies);
      made.set(name, textOf([flows, first - begin, last - begin, syns, resets, packed]));
    }
    const wrong = new Map<number, number>();
    const note = (hour: number) => wrong.set(hour, (wrong.get(hour) ?? 0) + 1);
    for (const row of this.#rows(since)) {
      const name = row.slice(0, 6).join();
      if (made.get(name) !== textOf(row.slice(6))) note(Number(row[0]));
      made.delete(name);
    }
    for (const name of made.keys()) note(Number(name.split(',')[0]));
    for (const [hour, sums] of wrong)
      yield `sums of the hour ${formatTimestamp(BigInt(hour) * HOUR)}: ${sums} are not those of its flows`;
    for (const { day, sums } of this.#wrongDays())
      yield `sums of the day ${formatTimestamp(BigInt(day) * DAY)}: ${sums} are not those of its hours`;
  }

  /** Of days whose hours are all there. */
  #wrongDays(): { day: number; sums: number }[] {
    const sums = 'sum(flows), min(first), max(last), sum(syns), sum(resets), sum(latencies IS NOT NULL) > 0';
    const within = `day >= :from AND day < :to GROUP BY day, ${KEY}`;
    const days = `SELECT day, ${KEY}, ${sums} FROM edge_day WHERE ${within}`;
    const hours = `SELECT day, ${KEY}, ${sums}
      FROM (SELECT ${OF_DAY} FROM edge_hour WHERE hour >= :from * 24 AND hour < :to * 24)
      WHERE ${within}`;
    return this.#db
      .prepare<[{ from: number; to: number }], { day: number; sums: number }>(
        `SELECT day, count(*) AS sums FROM (SELECT DISTINCT day, ${KEY} FROM (
           SELECT * FROM (${days} EXCEPT ${hours}) UNION SELECT * FROM (${hours} EXCEPT ${days})))
         GROUP BY day`,
      )
      .all(this.#wholeDays());
  }

  #wholeDays(): { from: number; to: number } {
    const { since, until } = this.#db
      .prepare<[], { since: number | null; until: number }>(
        'SELECT sums_since AS since, days_until AS until FROM rollup, retention',
      )
      .get() ?? { since: null, until: 0 };
    return { from: dayFrom(since ?? 0), to: dayOf(until).day };
  }

  #rows(since: number): IterableIterator<Row> {
    return this.#db
      .prepare<[number], Row>(
        `SELECT hour, source, destination, kind, source_port, destination_port, flows, first, last,
                syns, resets, latencies
         FROM edge_hour WHERE hour > ?`,
      )
      .raw()
      .safeIntegers()
      .iterate(since);
  }

  /** The hour of the newest flow that was removed. */
  #removedUntil(): number {
    const time = this.#db
      .prepare<[], bigint | null>('SELECT removed_until FROM retention')
      .pluck()
      .safeIntegers()
      .get();
    return time == null ? -Infinity : Number(time / HOUR);
  }
}
