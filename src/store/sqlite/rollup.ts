import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { Damaged, Gone } from './damage.js';
import { ADDED, dayOf, DaySums } from './day-sums.js';
import { EdgeCounter, HOUR, type CountedRows, type DroppedRow } from './edge-counter.js';
import { LedgerWriter, type LedgerSum } from './ledger-writer.js';
import { packLatencies, unpackLatencies } from './packed-latencies.js';
import { RollupParts } from './rollup-parts.js';
import { rowsBetween } from './rows.js';
import { SegmentReader } from './segment-reader.js';
import type { Segment, SegmentInfo } from './segment.js';
import { Sums } from './sums.js';

/** Sums are written when they are of so many flows, or themselves so many: until then each is added to in memory. */
const MOST_FLOWS = 1 << 19;
const MOST_SUMS = 1 << 16;
/** Milliseconds that sums wait to be written. */
const LONGEST_WAIT = 10_000;

/**
 * Keeps the tables `edge_hour`, `edge_day` and `dropped`, a step behind the segments: what is written contains the flows up
 * to a number that is written with it, so nothing is counted twice, and what a crash took is read again.
 */
export class Rollup {
  readonly #segments: SegmentReader;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #days: DaySums;
  readonly #ledger: LedgerWriter;
  #counter: EdgeCounter;
  /** Numbers of the flows that are counted next and stored next. */
  #next = 1;
  #nextStored = 1;
  /** Flows counted but not yet written, and since when. */
  #waiting = 0;
  #waitingSince = 0;
  #catching: Promise<void> | undefined;
  /** Sums up to this hour contain the flows up to this number. */
  readonly #kept: Kept;

  constructor(
    private readonly db: Database.Database,
    /** Milliseconds that only ever grow. */
    private readonly elapsed: () => number,
    now: () => number,
  ) {
    this.#segments = new SegmentReader(db, 1);
    db.function('with_latencies', { deterministic: true }, addLatencies);
    this.#statements = prepare(db);
    this.#days = new DaySums(db, now);
    this.#ledger = new LedgerWriter(db);
    this.#ledger.nameEdges();
    this.#kept = this.#statements.kept.get() ?? { hour: null, seq: null };
    this.#counter = new EdgeCounter(new RollupParts(db, 'keeps'));
  }

  /** Begins again behind what is written: at the start, and after a commit failed. */
  reload(): void {
    this.#counter = new EdgeCounter(new RollupParts(this.db, 'keeps'));
    this.#days.reload();
    this.#next = (this.#statements.counted.get() ?? 0) + 1;
    this.#nextStored = (this.#statements.stored.get() ?? 0) + 1;
    this.#waiting = 0;
  }

  /** Counts a segment in the transaction that stores it; one that is not next is read when it is its turn. */
  add(rows: CountedRows): void {
    this.#nextStored = rows.firstSeq + rows.flows;
    if (rows.firstSeq !== this.#next) return;
    this.#count(rows, 0);
    this.#flushMany();
  }

  /** From time to time: writes what has waited, goes on with what was left behind. What fails is tried again. */
  tend(): void {
    if (this.#next < this.#nextStored) this.catchUp().catch(() => undefined);
    this.#days.foldSome();
    if (this.#waiting === 0 || this.elapsed() - this.#waitingSince < LONGEST_WAIT) return;
    try {
      this.#flush();
    } catch {
      this.#waitingSince = this.elapsed();
    }
  }

  /** Resolves when all that is stored is counted, and written. */
  catchUp(): Promise<void> {
    this.#catching ??= this.#catchUp().finally(() => {
      this.#catching = undefined;
    });
    return this.#catching;
  }

  async #catchUp(): Promise<void> {
    while (this.db.open && this.#next < this.#nextStored) {
      const behind = this.#segments.infos().filter(({ firstSeq, flows }) => firstSeq + flows > this.#next);
      // Flows that are no longer there are in no sum.
      if (behind.length === 0) this.#next = this.#nextStored;
      for (const info of behind) {
        if (!this.#read(info)) break;
        await setImmediate();
      }
    }
    if (this.db.open) this.#flush();
  }

  /** Counts a stored segment. False when it is another one by now. Flows that cannot be read are in no sum. */
  #read(info: SegmentInfo): boolean {
    if (!this.db.open) return false;
    const end = info.firstSeq + info.flows;
    try {
      const segment = this.#segments.read(info);
      if (segment === undefined) return false;
      this.db.transaction(() => {
        this.#count(rowsOf(segment), Math.max(0, this.#next - info.firstSeq));
        this.#flushMany();
      })();
    } catch (error) {
      if (error instanceof Gone) return false;
      if (!(error instanceof Damaged)) throw error;
    }
    this.#segments.forget(info.id);
    this.#next = Math.max(this.#next, end);
    return true;
  }

  #count(rows: CountedRows, from: number): void {
    this.#counter.add(rows, this.#uncounted(rows, from), (drop) => {
      this.#keepDrop(rows, drop);
    });
    this.#next = rows.firstSeq + rows.flows;
    if (this.#waiting === 0) this.#waitingSince = this.elapsed();
    this.#waiting += rows.flows - from;
  }

  /** Without those that are in sums of earlier schemas. */
  #uncounted({ firstSeq, flows, columns }: CountedRows, from: number): Uint32Array {
    const picked = rowsBetween(from, flows);
    const { hour, seq } = this.#kept;
    if (hour === null || seq === null || firstSeq > seq) return picked;
    const end = BigInt(hour + 1) * HOUR;
    return picked.filter((row) => firstSeq + row > seq || (columns.time[row] ?? 0n) >= end);
  }

  #keepDrop({ firstSeq, columns }: CountedRows, { row, source, destination, kind }: DroppedRow): void {
    const { time, sourcePort, destinationPort, weight } = columns;
    this.#statements.drop.run(
      time[row] ?? 0n,
      firstSeq + row,
      source,
      destination,
      kind,
      sourcePort[row] ?? 0,
      destinationPort[row] ?? 0,
      weight[row] ?? 1,
    );
  }

  #flushMany(): void {
    if (this.#waiting >= MOST_FLOWS || this.#counter.sums.size >= MOST_SUMS) this.#flush();
  }

  /** Writes what was counted. */
  #flush(): void {
    if (this.#waiting === 0) return;
    this.db.transaction(() => {
      const seen: LedgerSum[] = [];
      for (const { key, flows, first, last, syns, resets, latencies } of this.#counter.sums.all()) {
        const [hour = 0, source = 0, destination = 0, kind = 0, ports = 0] = key;
        const begin = BigInt(hour) * HOUR;
        const [sourcePort, destinationPort] = [ports >>> 16, ports & 0xffff];
        seen.push({ source, destination, kind, sourcePort, destinationPort, first, last });
        const packed = latencies && packLatencies(latencies);
        const told = [source, destination, kind, sourcePort, destinationPort, flows];
        const rest = [syns, resets, packed];
        this.#statements.hour.run(hour, ...told, first - begin, last - begin, ...rest);
        if (!this.#days.has(hour)) continue;
        const { day, before } = dayOf(hour);
        this.#statements.day.run(day, ...told, first - begin + before, last - begin + before, ...rest);
      }
      this.#ledger.add(seen);
      this.#statements.upTo.run(this.#next - 1);
    })();
    this.#counter.sums = new Sums();
    this.#waiting = 0;
  }
}

interface Kept {
  hour: number | null;
  seq: number | null;
}

/** Of two rows, either of which may have none. */
function addLatencies(a: unknown, b: unknown): Buffer | null {
  if (!Buffer.isBuffer(a)) return Buffer.isBuffer(b) ? b : null;
  if (!Buffer.isBuffer(b)) return a;
  const sum = unpackLatencies(a);
  sum.merge(unpackLatencies(b));
  return packLatencies(sum);
}

/** A segment as it was read again. */
export function rowsOf(segment: Segment): CountedRows {
  const { info, columns, parts } = segment;
  return {
    generation: info.generation,
    firstSeq: info.firstSeq,
    flows: info.flows,
    columns,
    endpoint: parts.endpoint,
    traits: (template) => parts.template(template).traits,
    policies: parts.policies,
    l7: (row) => segment.l7Kind(row),
    bucket: (row) => segment.bucket(row),
  };
}

function prepare(db: Database.Database) {
  return {
    counted: db.prepare<[], number>('SELECT last_seq FROM rollup').pluck(),
    stored: db.prepare<[], number>('SELECT coalesce(max(first_seq + flows - 1), 0) FROM segment').pluck(),
    kept: db.prepare<[], Kept>('SELECT kept_hour AS hour, kept_seq AS seq FROM rollup'),
    upTo: db.prepare<[number]>('UPDATE rollup SET last_seq = ?'),
    hour: db.prepare(`INSERT INTO edge_hour VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${ADDED}`),
    day: db.prepare(`INSERT INTO edge_day VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${ADDED}`),
    drop: db.prepare('INSERT OR IGNORE INTO dropped VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
  };
}
