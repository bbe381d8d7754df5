import type Database from 'better-sqlite3';
import type { Window } from '../../domain/filter/window.js';
import type { Span } from '../queries.js';
import { Damaged, typed } from './damage.js';
import { HOUR, MINUTE, unitOf } from './edge-counter.js';
import type { Hours } from './hour-sums.js';
import { unpackMinutes, type PackedMinutes } from './minute-block.js';
import { Recent } from '../../domain/recent.js';
import type { RowSums } from './row-sums.js';
import type { Sum } from './sums.js';
import type { ToldParts } from './told-parts.js';

/** Minutes since 1970 of which flows were removed that are kept as sums; `to` is none of them. */
export interface Minutes {
  from: number;
  to: number;
  /** Where they lie. */
  parts: readonly Part[];
  /** Times, the last one included, of flows that were removed and could not be read. */
  gaps: readonly Span[];
}

interface Part {
  hour: number;
  part: number;
  from: number;
  last: number;
  /** With each time that the part is written again they are more. */
  flows: number;
}

const MINUTES = 60;
/** Unpacked sums that are kept: some 20 MB. */
const SUMS_CACHED = 1 << 16;
/** A minute near the end of the times that 64 bits of nanoseconds tell. */
const LAST = 153_000_000;

/** Reads the sums by minute of flows that were removed. */
export class MinuteSums {
  /** Parts that could not be read, by hour. */
  readonly #damaged = new Set<number>();
  readonly #recent = new Recent<string, readonly Sum[]>(SUMS_CACHED);
  readonly #statements;

  constructor(
    db: Database.Database,
    private readonly told: ToldParts,
  ) {
    this.#statements = {
      since: db.prepare<[], { since: number | null }>('SELECT minutes_since AS since FROM retention'),
      parts: db.prepare<[number, number], Part>(
        `SELECT hour, part, minute_min AS "from", minute_max AS last, flows FROM edge_minutes
         WHERE minute_max >= ? AND minute_min < ? ORDER BY hour, part`,
      ),
      part: db.prepare<[number, number, number], PackedMinutes>(
        'SELECT sums, columns, checksum FROM edge_minutes WHERE hour = ? AND part = ? AND flows = ?',
      ),
      gaps: db
        .prepare<[bigint, bigint], { from: bigint; to: bigint }>(
          'SELECT time_min AS "from", time_max AS "to" FROM minute_gap WHERE time_max >= ? AND time_min < ?',
        )
        .safeIntegers(),
    };
  }

  /** The whole minutes of a window, but for hours that are told by coarser sums. */
  of({ since, until }: Window, hours: Hours | undefined): Minutes | undefined {
    const tier = typed(this.#statements.since.get(), { since: 'count?' }).since ?? 0;
    const first = Math.max(tier * MINUTES, within(since === undefined ? 0 : -unitOf(-since, MINUTE)));
    const end = within(until === undefined ? LAST : unitOf(until + 1n, MINUTE));
    const isTold = (hour: number) => hours !== undefined && hour >= hours.from && hour < hours.to;
    const parts = this.#statements.parts
      .all(first, end)
      .map(checked)
      .filter(({ hour }) => !isTold(hour));
    const gaps = this.#statements.gaps
      .all(BigInt(first) * MINUTE, BigInt(end) * MINUTE)
      .map((row) => typed(row, GAP))
      .filter((gap) => !isTold(unitOf(gap.from, HOUR)) || !isTold(unitOf(gap.to, HOUR)));
    const told = [
      ...parts,
      ...gaps.map(({ from, to }) => ({ from: unitOf(from, MINUTE), last: unitOf(to, MINUTE) })),
    ];
    if (told.length === 0) return undefined;
    const from = Math.max(first, Math.min(...told.map((part) => part.from)));
    const to = Math.min(end, Math.max(...told.map((part) => part.last)) + 1);
    return { from, to, parts, gaps };
  }

  /** Adds what a part tells of these minutes. One that is not there any more, or damaged, adds nothing. */
  read(part: Part, { from, to }: Minutes, sums: RowSums): void {
    const numbers = this.told.numbersIn(sums.parts);
    for (const { key, ...sum } of this.#sumsOf(part)) {
      const [minute = 0, source = 0, destination = 0, kind = 0, ports = 0] = key;
      if (minute < from || minute >= to) continue;
      sums.addSum(numbers.end(source), numbers.end(destination), numbers.kind(kind), ports, sum);
    }
  }

  /** Frames ask for the same part again and again. */
  #sumsOf({ hour, part, flows }: Part): readonly Sum[] {
    const name = [hour, part, flows].join();
    const known = this.#recent.get(name);
    if (known !== undefined) return known;
    const row = this.#statements.part.get(hour, part, flows);
    if (row === undefined) return [];
    try {
      const sums = unpackMinutes(hour, row);
      return this.#recent.put(name, sums, sums.length);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      this.#damaged.add(hour);
      return [];
    }
  }

  /** Hours, and stretches of time, of which something is missing. */
  missing({ parts, gaps }: Minutes): Span[] {
    const damaged = new Set(parts.map(({ hour }) => hour).filter((hour) => this.#damaged.has(hour)));
    return [
      ...Array.from(damaged, (hour) => ({ from: BigInt(hour) * HOUR, to: BigInt(hour + 1) * HOUR })),
      ...gaps.map(({ from, to }) => ({ from, to: to + 1n })),
    ];
  }
}

const PART = { hour: 'count', part: 'count', from: 'count', last: 'count', flows: 'count' } as const;
const GAP = { from: 'bigint', to: 'bigint' } as const;

/** Its minutes are those of its hour. */
function checked(row: Part): Part {
  const { hour, from, last } = typed(row, PART);
  if (hour * MINUTES > from || from > last || last >= (hour + 1) * MINUTES)
    throw new Damaged('the list of minutes is not what was written');
  return row;
}

function within(minute: number): number {
  return Math.min(LAST, Math.max(0, minute));
}
