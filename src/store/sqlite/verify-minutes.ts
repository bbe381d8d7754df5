import type Database from 'better-sqlite3';
import { formatTimestamp } from '../../domain/flow/timestamp.js';
import { isDamage, typed } from './damage.js';
import { HOUR } from './edge-counter.js';
import { unpackMinutes, type PackedMinutes } from './minute-block.js';
import type { Sum } from './sums.js';

interface Row extends PackedMinutes {
  hour: number;
  part: number;
  minuteMin: number;
  minuteMax: number;
  flows: number;
}

const ROW = {
  hour: 'count',
  part: 'count',
  minuteMin: 'count',
  minuteMax: 'count',
  flows: 'count',
  sums: 'count',
  columns: 'blob',
  checksum: 'count',
} as const;

/** Looks at the sums by minute: whether they can be read, and are what their rows tell of them. */
export function* checkMinutes(db: Database.Database): Generator<string> {
  const rows = db.prepare<[], Row>(
    `SELECT hour, part, minute_min AS minuteMin, minute_max AS minuteMax, flows, sums, columns, checksum
     FROM edge_minutes ORDER BY hour, part`,
  );
  const isEnd = isOf(db, 'rollup_end');
  const isKind = isOf(db, 'rollup_kind');
  for (const row of rows.iterate()) {
    const { hour, part } = typed(row, ROW);
    const name = `minutes of the hour ${formatTimestamp(BigInt(hour) * HOUR)}, part ${part}`;
    for (const problem of problemsOf(row, isEnd, isKind)) yield `${name}: ${problem}`;
  }
}

type Knows = (id: number) => boolean;

function* problemsOf(row: Row, isEnd: Knows, isKind: Knows): Generator<string> {
  let sums: Sum[];
  try {
    sums = unpackMinutes(row.hour, row);
  } catch (error) {
    if (!isDamage(error)) throw error;
    yield error.message;
    return;
  }
  const minutes = sums.map(({ key }) => key[0] ?? 0);
  const isPlaced = minutes[0] === row.minuteMin && minutes.at(-1) === row.minuteMax;
  const flows = sums.reduce((all, sum) => all + sum.flows, 0);
  if (!isPlaced) yield 'its first or last minute is another one';
  if (flows !== row.flows) yield `${flows} flows instead of ${row.flows}`;
  const isKnown = ({ key: [, source = 0, destination = 0, kind = 0] }: Sum) =>
    isEnd(source) && isEnd(destination) && isKind(kind);
  const strange = sums.filter((sum) => !isKnown(sum)).length;
  if (strange > 0) yield `${strange} of its sums are of ends or kinds that are not there`;
}

function isOf(db: Database.Database, table: string): Knows {
  const ids = new Set(db.prepare<[], number>(`SELECT id FROM ${table}`).pluck().all());
  return (id) => ids.has(id);
}
