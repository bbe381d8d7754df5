import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import { flipBits } from '../../../test/support/damage-file.js';
import { jsonText } from '../../../test/support/json-text.js';
import { flowRecordOf, newFlow, pod, record, words } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { parseFilter } from '../../domain/filter/parse-filter.js';
import { always } from '../../domain/filter/window.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import { everyone } from '../../domain/viewer.js';
import { FlowScanner } from '../../ingest/flow-scanner.js';
import type { DamagedRange, FlowStore } from '../flow-store.js';
import type { NewFlow } from '../flow-writer.js';
import { openForReading } from './database.js';
import { SqliteFlowStore } from './flow-store.js';

const newFolder = temporaryFolders();

const text = (i: number, more: object = { source: pod(`shop/web-${i}`), Summary: `number ${i}` }) =>
  jsonText(
    record({
      uuid: `5b1f0a1e-0001-4000-8000-${String(i).padStart(12, '0')}`,
      ...more,
    }),
  );

/** Three segments of ten flows each. */
async function threeSegments(
  folder = newFolder(),
  flow: (i: number) => NewFlow = (i) => newFlow(text(i)),
): Promise<string> {
  const { file, writer, close } = openSqlite(folder);
  for (let i = 0; i < 30; i++) {
    writer.append(flow(i));
    if (i % 10 === 9) await writer.commit();
  }
  await close();
  return file;
}

function reopened(file: string) {
  const told: DamagedRange[] = [];
  const store = new SqliteFlowStore(openForReading(file), file, (range) => told.push(range));
  return { store, told };
}

const alike = (i: number) => text(i, {});

/** As ingest reads them: by a template that is learned of the first, so that uuids lie in the keys alone. */
function byTemplate(): (i: number) => NewFlow {
  const reader = new FlowReader();
  const scanner = new FlowScanner(reader);
  return (i) => {
    const bytes = Buffer.from(alike(i));
    const scanned = scanner.scan(bytes, 0, bytes.length);
    return scanned ?? scanner.take(bytes, reader.read(flowRecordOf(JSON.parse(alike(i)))));
  };
}

async function answers(store: FlowStore, line: (i: number) => string = text) {
  const found: number[] = [];
  const query = { filter: everything, window: always };
  for await (const { seq, record } of store.find(everyone, { ...query, order: 'asc' })) {
    expect(record).toBe(line(seq - 1));
    found.push(seq);
  }
  let weight = 0;
  for await (const { tallies } of store.tallies(everyone, query))
    for (const tally of tallies) weight += tally.weight;
  let exported = '';
  let damaged = 0;
  for await (const batch of store.records(everyone, query)) {
    exported += batch.text;
    damaged += batch.damaged;
  }
  const taken = await store.take(everyone, [5, 15, 25]);
  return { found, weight, exported, damaged, taken: taken.map(({ seq }) => seq) };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const second = 'id = (SELECT id FROM segment WHERE first_seq = 11)';

describe('a block whose bytes have changed on disk', () => {
  it('is left out of every answer, told once and listed, when it is in its columns', async () => {
    const file = await threeSegments();
    flipBits(file, 'segment.columns', second);
    const { store, told } = reopened(file);
    const left = [...numbers(1, 10), ...numbers(21, 30)];
    expect(await answers(store)).toEqual({
      found: left,
      weight: 20,
      exported: left.map((seq) => `${text(seq - 1)}\n`).join(''),
      damaged: 10,
      taken: [5, 25],
    });
    expect(store.damage()).toEqual([expect.objectContaining({ firstSeq: 11, lastSeq: 20 })]);
    expect(told).toHaveLength(1);
    expect(told[0]?.reason).toMatch(/not those that were written/);
    store.close();
  });

  it('still counts on the map, without its records, when it is in the texts of records alone', async () => {
    const file = await threeSegments();
    flipBits(file, 'text_chunk.texts', 'segment_id = (SELECT id FROM segment WHERE first_seq = 11)');
    const { store, told } = reopened(file);
    const { found, weight, damaged } = await answers(store);
    expect({ found, weight, damaged }).toEqual({
      found: [...numbers(1, 10), ...numbers(21, 30)],
      weight: 30,
      damaged: 10,
    });
    expect(told).toHaveLength(1);
    store.close();
  });

  it('is missed only by what needs the keys, when it is in them', async () => {
    const file = await threeSegments();
    flipBits(file, 'segment.keys', second);
    const { store } = reopened(file);
    const { found, weight, damaged } = await answers(store);
    expect({ found, weight, damaged }).toEqual({ found: numbers(1, 30), weight: 30, damaged: 0 });
    store.close();
  });

  it('is left out by who reads its keys, for a uuid in a record or in a filter', async () => {
    const file = await threeSegments(newFolder(), byTemplate());
    flipBits(file, 'segment.keys', second);
    const { store, told } = reopened(file);
    // Sums need no keys.
    const left = [...numbers(1, 10), ...numbers(21, 30)];
    expect(await answers(store, alike)).toMatchObject({
      found: left,
      weight: 30,
      damaged: 10,
      taken: [5, 25],
    });
    expect(store.damage()).toEqual([expect.objectContaining({ firstSeq: 11, lastSeq: 20 })]);
    expect(told).toHaveLength(1);
    for (const [i, seqs] of [
      [4, [5]],
      [14, []],
      [24, [25]],
    ] as const) {
      const { uuid } = (JSON.parse(alike(i)) as { flow: { uuid: string } }).flow;
      const filter = parseFilter(words({ uuid }));
      const found: number[] = [];
      for await (const { seq } of store.find(everyone, { filter, window: always, order: 'asc' }))
        found.push(seq);
      expect(found).toEqual(seqs);
    }
    store.close();
  });

  it('does not keep flows from being stored, when it is in the keys: only its own are new again', async () => {
    const folder = newFolder();
    const file = await threeSegments(folder);
    flipBits(file, 'segment.keys', second);
    const { writer, close } = openSqlite(folder);
    const isNew = numbers(0, 30).filter((i) => writer.append(newFlow(text(i))));
    expect(isNew).toEqual([...numbers(10, 19), 30]);
    await close();
  });

  it('takes along only what names its entries, when it is in the dictionary', async () => {
    const file = await threeSegments();
    // Endpoints that came with the second segment.
    flipBits(file, 'dictionary.lines', 'kind = 0 AND first_id > 5 AND first_id < 15');
    const { store } = reopened(file);
    const { found, damaged } = await answers(store);
    expect(found).toEqual([...numbers(1, 10), ...numbers(21, 30)]);
    expect(damaged).toBe(10);
    expect(store.damage()).toEqual([expect.objectContaining({ firstSeq: 11, lastSeq: 20 })]);
    store.close();
  });

  it('has lost its texts for good when their chunk is missing', async () => {
    const file = await threeSegments();
    const db = connect(file);
    db.exec('DELETE FROM text_chunk WHERE segment_id = (SELECT id FROM segment WHERE first_seq = 11)');
    db.close();
    const { store } = reopened(file);
    expect((await answers(store)).damaged).toBe(10);
    expect(store.damage()).toHaveLength(1);
    store.close();
  });

  it('is listed no more when it was taken away', async () => {
    const file = await threeSegments();
    flipBits(file, 'segment.columns', second);
    const { store } = reopened(file);
    await answers(store);
    const db = connect(file);
    db.exec('DELETE FROM segment WHERE first_seq = 11');
    db.close();
    expect(store.damage()).toEqual([]);
    expect((await answers(store)).damaged).toBe(0);
    store.close();
  });
});
