import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { checksumOf, compress, Effort } from './compression.js';
import { Damaged, Gone, isDamage } from './damage.js';
import { EdgeCounter, HOUR, MINUTE } from './edge-counter.js';
import { unpackMinutes, writeMinutes, type PackedMinutes, type WrittenMinutes } from './minute-block.js';
import { RollupParts } from './rollup-parts.js';
import { rowsOf } from './rollup.js';
import { SegmentReader } from './segment-reader.js';
import type { SegmentInfo } from './segment.js';
import { Sums, type Sum } from './sums.js';

/** Sums of a part to which more are added; what comes beyond begins another. So one is written a few times only. */
const PART_SUMS = 1 << 14;
const MINUTES = 60;

interface Part extends WrittenMinutes {
  hour: number;
  part: number;
}

/** What is written when the segments go, from which it was made. */
export interface Minutes {
  parts: Part[];
  /** Segments that could not be read. */
  gaps: SegmentInfo[];
}

interface PartRow extends PackedMinutes {
  part: number;
}

/** Adds up by minute the flows that are about to be removed. */
export class RemovedMinutes {
  readonly #segments: SegmentReader;
  readonly #counter: EdgeCounter;
  readonly #statements;

  constructor(private readonly db: Database.Database) {
    this.#segments = new SegmentReader(db, 1);
    this.#counter = new EdgeCounter(new RollupParts(db, 'numbers'), MINUTE);
    this.#statements = prepare(db);
  }

  /**
   * Without flows before the oldest hour. Segment by segment, between which flows are stored; undefined when the
   * database was closed meanwhile.
   */
  async of(infos: readonly SegmentInfo[], oldest: number): Promise<Minutes | undefined> {
    const gaps: SegmentInfo[] = [];
    this.#counter.sums = new Sums();
    for (const info of infos) {
      if (!this.#read(info, oldest)) gaps.push(info);
      await setImmediate();
      if (!this.db.open) return undefined;
    }
    const { sums } = this.#counter;
    this.#counter.sums = new Sums();
    const parts: Part[] = [];
    for (const [hour, indexes] of byHour(sums)) {
      parts.push(this.#part(hour, sums, indexes));
      await setImmediate();
      if (!this.db.open) return undefined;
    }
    return { parts, gaps };
  }

  /** False when it cannot be read. */
  #read(info: SegmentInfo, oldest: number): boolean {
    try {
      const segment = this.#segments.read(info);
      if (segment === undefined) throw new Gone('a block is not there any more');
      const rows = rowsOf(segment);
      const begin = BigInt(oldest) * HOUR;
      const all = Uint32Array.from({ length: info.flows }, (_, row) => row);
      const { time } = segment.columns;
      this.#counter.add(rows, info.timeMin >= begin ? all : all.filter((row) => (time[row] ?? 0n) >= begin));
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return false;
    } finally {
      this.#segments.forget(info.id);
    }
  }

  /** Together with those of the hour's last part, where there is room and it can be read. */
  #part(hour: number, added: Sums, indexes: Uint32Array): Part {
    const last = this.#statements.last.get(hour);
    const hasRoom = last !== undefined && indexes.length + last.sums <= PART_SUMS;
    const known = hasRoom ? heldSums(hour, last) : undefined;
    const written = known === undefined ? write(hour, added, indexes) : merge(hour, known, added, indexes);
    const columns = compress(written.columns, Effort.columns);
    const part = last === undefined ? 0 : known === undefined ? last.part + 1 : last.part;
    return { ...written, hour, part, columns };
  }

  /** In the transaction in which the flows go. */
  write({ parts, gaps }: Minutes): void {
    const { put, gap } = this.#statements;
    for (const { hour, part, minuteMin, minuteMax, flows, sums, columns } of parts)
      put.run(hour, part, minuteMin, minuteMax, flows, sums, columns, checksumOf(columns));
    for (const { timeMin, timeMax, flows } of gaps) gap.run(timeMin, timeMax, flows);
  }
}

/** Undefined where it is damaged: it stays as it is, and another part begins. */
function heldSums(hour: number, row: PartRow): Sum[] | undefined {
  try {
    return unpackMinutes(hour, row);
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

function write(hour: number, sums: Sums, indexes = sums.order()): WrittenMinutes {
  return writeMinutes(hour, indexes.length, at(sums, indexes));
}

function merge(hour: number, known: readonly Sum[], added: Sums, indexes: Uint32Array): WrittenMinutes {
  const sums = new Sums();
  for (const sum of known) sums.merge(sum);
  for (const sum of at(added, indexes)) sums.merge(sum);
  return write(hour, sums);
}

function* at(sums: Sums, indexes: Uint32Array): Generator<Sum> {
  for (const i of indexes) yield sums.at(i);
}

/** Hours, and the indexes of their sums in order of the keys. */
function* byHour(sums: Sums): Generator<[hour: number, indexes: Uint32Array]> {
  const order = sums.order();
  const hourAt = (i: number) => Math.floor(sums.unitAt(order[i] ?? 0) / MINUTES);
  for (let from = 0, to; from < order.length; from = to) {
    const hour = hourAt(from);
    to = from + 1;
    while (to < order.length && hourAt(to) === hour) to++;
    yield [hour, order.subarray(from, to)];
  }
}

function prepare(db: Database.Database) {
  return {
    last: db.prepare<[number], PartRow>(
      'SELECT part, sums, columns, checksum FROM edge_minutes WHERE hour = ? ORDER BY part DESC LIMIT 1',
    ),
    put: db.prepare('INSERT OR REPLACE INTO edge_minutes VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    gap: db.prepare<[bigint, bigint, number]>('INSERT INTO minute_gap VALUES (?, ?, ?)'),
  };
}
