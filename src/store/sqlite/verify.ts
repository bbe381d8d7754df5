import type Database from 'better-sqlite3';
import { formatTimestamp } from '../../domain/flow/timestamp.js';
import { decompress, refuseChanged } from './compression.js';
import { isDamage, typed } from './damage.js';
import { isAsItCame } from './event-key.js';
import { Kind } from './dictionary-writer.js';
import { readHabits } from './habits.js';
import { Lines } from './lines.js';
import { SegmentReader } from './segment-reader.js';
import type { SegmentInfo } from './segment.js';
import { SegmentVerifier } from './verify-segment.js';
import { checkMinutes } from './verify-minutes.js';
import { SumsVerifier } from './verify-sums.js';

/** One thing that was looked at. */
export interface Verified {
  /** Flows looked at so far, and all. */
  done: number;
  total: number;
  problems: string[];
  /** What is no damage, but worth a word. */
  notes: string[];
}

/** Looks at everything, in one snapshot: also while a server writes. */
export function* verify(db: Database.Database): Generator<Verified> {
  db.exec('BEGIN');
  try {
    yield found(guarded('pages', () => checkPages(db)));
    yield found(guarded('dictionary', () => checkDictionary(db)));
    yield* verifySegments(db);
    yield found(guarded('minutes', () => checkMinutes(db)));
    yield found(guarded('events', () => checkEvents(db)));
  } finally {
    db.exec('COMMIT');
  }
}

function found(problems: string[]): Verified {
  return { done: 0, total: 0, problems, notes: [] };
}

/** SQLite itself may stumble over what is damaged. */
function guarded(what: string, check: () => Iterable<string>): string[] {
  const problems: string[] = [];
  try {
    for (const problem of check()) problems.push(problem);
  } catch (error) {
    if (!isDamage(error)) throw error;
    problems.push(`${what}: ${error.message}`);
  }
  return problems;
}

function* checkPages(db: Database.Database): Generator<string> {
  // SQLite 3.53 looks at part of the pages only where a view comes first in its own table of names, which no
  // order of ours settles: that it does not is a matter of a test (operations.spec.ts).
  for (const { integrity_check: answer } of db.pragma('integrity_check(20)') as { integrity_check: string }[])
    if (answer !== 'ok') yield `pages: ${answer}`;
  const strays = db.pragma('foreign_key_check') as { table: string }[];
  if (strays.length > 0) yield `${strays.length} rows belong to blocks that are not there`;
}

interface DictionaryRow {
  generation: number;
  kind: number;
  firstId: number;
  entries: number;
  lines: Buffer;
  checksum: number | null;
}

const DICTIONARY_ROW = {
  generation: 'count',
  kind: 'count',
  firstId: 'count',
  entries: 'count',
  lines: 'blob',
  checksum: 'count?',
} as const;
const KINDS = ['endpoints', 'templates', 'texts', 'nodes', 'policies', 'habits'];

function* checkDictionary(db: Database.Database): Generator<string> {
  const rows = db.prepare<[], DictionaryRow>(
    'SELECT generation, kind, first_id AS firstId, entries, lines, checksum FROM dictionary ORDER BY generation, kind, first_id',
  );
  let list = '';
  let next = 0;
  for (const row of rows.iterate()) {
    const { generation, kind, firstId, entries, lines, checksum } = typed(row, DICTIONARY_ROW);
    const name = `dictionary ${generation}, ${KINDS[kind] ?? `kind ${kind}`}`;
    const expected = name === list ? next : 0;
    if (firstId !== expected) yield `${name}: entries ${expected} to ${firstId - 1} are missing`;
    const problems = guarded(`${name} ${firstId} to ${firstId + entries - 1}`, function* () {
      refuseChanged(checksum, lines);
      const bytes = decompress(lines);
      const held = kind === Kind.habit ? readHabits(bytes, entries).length : new Lines(bytes).length;
      if (held !== entries) yield `${name}: ${held} entries instead of ${entries}`;
    });
    yield* problems;
    list = name;
    next = firstId + entries;
  }
}

function* verifySegments(db: Database.Database): Generator<Verified> {
  const segments = new SegmentReader(db, 1);
  const verifier = new SegmentVerifier(db, segments);
  const sums = new SumsVerifier(db);
  let isWhole = true;
  let infos: SegmentInfo[] = [];
  yield found(guarded('blocks', () => ((infos = segments.infos()), [])));
  const total = infos.reduce((sum, { flows }) => sum + flows, 0);
  let done = 0;
  let next = infos[0]?.firstSeq ?? 1;
  for (const info of infos) {
    const problems = verifier.check(info);
    if (info.firstSeq < next) problems.push('its numbers overlap those of the block before');
    const notes = info.firstSeq > next ? [`flows ${next} to ${info.firstSeq - 1} are not held any more`] : [];
    next = info.firstSeq + info.flows;
    done += info.flows;
    if (problems.length > 0) isWhole = false;
    else addSums(sums, segments, info);
    yield { done, total, problems: problems.map((problem) => `${nameOf(info)}: ${problem}`), notes };
    segments.forget(info.id);
  }
  const notes = isWhole ? [] : ['the sums by hour were not compared, as not all flows can be read'];
  yield { done, total, problems: isWhole ? guarded('sums', () => sums.check()) : [], notes };
}

function addSums(sums: SumsVerifier, segments: SegmentReader, info: SegmentInfo): void {
  const segment = segments.read(info);
  if (segment !== undefined) sums.add(segment);
}

function nameOf({ id, firstSeq, flows, timeMin, timeMax }: SegmentInfo): string {
  const times = `${formatTimestamp(timeMin)} to ${formatTimestamp(timeMax)}`;
  return `block ${id}, flows ${firstSeq} to ${firstSeq + flows - 1}, ${times}`;
}

function* checkEvents(db: Database.Database): Generator<string> {
  const rows = db.prepare<[], { id: number; key: Buffer; record: string }>(
    'SELECT id, key, record FROM event',
  );
  for (const row of rows.iterate()) {
    const { id, key, record } = typed(row, { id: 'count', key: 'blob', record: 'text' });
    if (!isAsItCame(record, key)) yield `event ${id}: the record is not that which came`;
  }
}
