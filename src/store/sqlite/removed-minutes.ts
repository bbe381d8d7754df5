import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { L7Kinds } from '../../domain/service-map/coarse.js';
import { checksumOf, compress, Effort } from './compression.js';
import { Damaged, Gone } from './damage.js';
import { EdgeCounter, HOUR, MINUTE } from './edge-counter.js';
import { unpackMinutes, writeMinutes, type PackedMinutes } from './minute-block.js';
import { RollupParts } from './rollup-parts.js';
import { rowsOf, withL7Kinds } from './rollup.js';
import { SegmentReader } from './segment-reader.js';
import type { SegmentInfo } from './segment.js';
import { Sums, type Sum } from './sums.js';

/** Sums of a part to which more are added; what comes beyond begins another. So one is written a few times only. */
const PART_SUMS = 1 << 14;
const MINUTES = 60;

interface Part {
  hour: number;
  part: number;
  minuteMin: number;
  minuteMax: number;
  flows: number;
  sums: number;
  columns: Buffer;
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
  readonly #l7Kinds = new L7Kinds();
  readonly #statements;

  constructor(private readonly db: Database.Database) {
    this.#segments = new SegmentReader(db);
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
    const sums = Array.from(this.#counter.sums.all(), copyOf);
    this.#counter.sums = new Sums();
    const parts: Part[] = [];
    for (const [hour, ofHour] of byHour(sums)) {
      parts.push(await this.#part(hour, ofHour));
      if (!this.db.open) return undefined;
    }
    return { parts, gaps };
  }

  /** False when it cannot be read. */
  #read(info: SegmentInfo, oldest: number): boolean {
    try {
      const segment = this.#segments.read(info);
      if (segment === undefined) throw new Gone('a block is not there any more');
      const rows = withL7Kinds(rowsOf(segment), this.#l7Kinds);
      const begin = BigInt(oldest) * HOUR;
      const all = Uint32Array.from({ length: info.flows }, (_, row) => row);
      const { time } = segment.columns;
      this.#counter.add(rows, info.timeMin >= begin ? all : all.filter((row) => (time[row] ?? 0n) >= begin));
      return true;
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      return false;
    } finally {
      this.#segments.forget(info.id);
    }
  }

  /** Together with those of the hour's last part, where there is room and it can be read. */
  async #part(hour: number, added: readonly Sum[]): Promise<Part> {
    const last = this.#statements.last.get(hour);
    const known = last && added.length + last.sums <= PART_SUMS ? heldSums(hour, last) : undefined;
    const sums = (known === undefined ? [...added] : merged(known, added)).sort(byKey);
    const part = last === undefined ? 0 : known === undefined ? last.part + 1 : last.part;
    return {
      hour,
      part,
      minuteMin: sums[0]?.key[0] ?? 0,
      minuteMax: sums.at(-1)?.key[0] ?? 0,
      flows: sums.reduce((all, { flows }) => all + flows, 0),
      sums: sums.length,
      columns: await compress(writeMinutes(hour, sums), Effort.columns),
    };
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

function merged(known: readonly Sum[], added: readonly Sum[]): Sum[] {
  const sums = new Sums();
  for (const sum of known) sums.merge(sum);
  for (const sum of added) sums.merge(sum);
  return Array.from(sums.all(), copyOf);
}

function copyOf(sum: Sum): Sum {
  return { ...sum, key: sum.key.slice() };
}

function byHour(sums: readonly Sum[]): Map<number, Sum[]> {
  const hours = new Map<number, Sum[]>();
  for (const sum of sums) {
    const hour = Math.floor((sum.key[0] ?? 0) / MINUTES);
    const ofHour = hours.get(hour);
    if (ofHour === undefined) hours.set(hour, [sum]);
    else ofHour.push(sum);
  }
  return hours;
}

function byKey({ key: a }: Sum, { key: b }: Sum): number {
  for (let i = 0; i < a.length; i++) {
    const [before = 0, after = 0] = [a[i], b[i]];
    if (before !== after) return before - after;
  }
  return 0;
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
