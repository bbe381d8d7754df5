import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import { newFlow } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { openForReading } from './database.js';
import { SegmentMerger } from './segment-merger.js';
import { SegmentReader } from './segment-reader.js';
import { verify } from './verify.js';

const newFolder = temporaryFolders();
const path = (relative: string) => new URL(`../../../${relative}`, import.meta.url);
/** The first 220 records of the sample, none of which is an event, in two blocks, as schema 8 wrote them. */
const records = readFileSync(path('samples/shop/flows.jsonl'), 'utf8').split('\n').slice(0, 220);

function written(change = ''): string {
  const folder = newFolder();
  const db = connect(join(folder, 'flowatlas.db'));
  db.exec(readFileSync(path('test/fixtures/schema-8.sql'), 'utf8'));
  db.exec(change);
  db.pragma('application_id = 0x466c6174');
  db.pragma('user_version = 8');
  db.close();
  return folder;
}

function textsOf(file: string): string[] {
  const db = openForReading(file);
  const reader = new SegmentReader(db);
  const texts = reader.infos().flatMap((info) => {
    const segment = reader.read(info);
    return Array.from({ length: info.flows }, (_, row) => segment?.record(row));
  });
  const problems = [...verify(db)].flatMap((found) => found.problems);
  db.close();
  expect(problems).toEqual([]);
  return texts.filter((text) => text !== undefined);
}

describe('a database of schema 8', () => {
  it('is brought up to date, gives its records back and knows them when they come again', async () => {
    const opened = openSqlite(written());
    for (const text of records) expect(opened.writer.append(newFlow(text))).toBe(false);
    await opened.close();
    expect(textsOf(opened.file)).toEqual(records);
  });

  it('takes more flows, and is merged into blocks of today', async () => {
    const opened = openSqlite(written());
    const more = readFileSync(path('samples/shop/flows.jsonl'), 'utf8').split('\n').slice(220, 300);
    for (const text of more) expect(opened.writer.append(newFlow(text))).toBe(true);
    await opened.writer.commit();
    const merger = new SegmentMerger(opened.db);
    while (await merger.mergeSome({ stretch: 1n << 62n, isGrowing: false }));
    const layouts = opened.db.prepare('SELECT layout FROM segment ORDER BY first_seq').pluck().all();
    expect(layouts).toEqual([2, 2]);
    await opened.close();
    expect(textsOf(opened.file)).toEqual([...records, ...more]);
  });

  it('adds everything up anew, as far as its flows are held', async () => {
    const opened = openSqlite(written('UPDATE edge_hour SET flows = flows + 1'));
    await opened.close();
    expect(sumsOf(opened.file)).toMatchObject({ flows: 220, last: 220 });
    expect(sumsOf(opened.file).syns).toBeGreaterThan(0);
    expect(textsOf(opened.file)).toEqual(records);
  });

  it('keeps the sums of hours that lost flows, and counts none of them twice', async () => {
    const lost = `UPDATE retention SET removed_until = (SELECT max(time_max) FROM segment);
      UPDATE edge_hour SET flows = flows + 1`;
    const opened = openSqlite(written(lost));
    const before = opened.db.prepare('SELECT count(*) + 220 FROM edge_hour').pluck().get();
    const [next] = readFileSync(path('samples/shop/flows.jsonl'), 'utf8').split('\n').slice(220);
    expect(opened.writer.append(newFlow(next!))).toBe(true);
    await opened.close();
    expect(sumsOf(opened.file)).toMatchObject({ flows: Number(before) + 1, last: 221 });
  });
});

function sumsOf(file: string) {
  const db = openForReading(file);
  const sums = db
    .prepare<[], { flows: number; syns: number; last: number }>(
      'SELECT sum(flows) AS flows, sum(syns) AS syns, (SELECT last_seq FROM rollup) AS last FROM edge_hour',
    )
    .get();
  db.close();
  return sums!;
}
