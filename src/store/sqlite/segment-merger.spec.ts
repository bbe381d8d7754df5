import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { flipBits } from '../../../test/support/damage-file.js';
import { jsonText } from '../../../test/support/json-text.js';
import { eventOf, newFlow, record } from '../../../test/support/make-flow.js';
import { migrations, openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import type { Tally } from '../../domain/service-map/tally.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import { everyone } from '../../domain/viewer.js';
import type { FlowStore } from '../flow-store.js';
import { copyDatabase } from './copy-database.js';
import { openForReading, openForWriting } from './database.js';
import { SqliteFlowStore } from './flow-store.js';
import { SqliteFlowWriter } from './flow-writer.js';
import { SegmentMerger, type MergeOptions } from './segment-merger.js';
import { verify } from './verify.js';

const newFolder = temporaryFolders();
const query = { filter: everything, window: always };
/** So long that all flows lie in one stretch. */
const ALL: MergeOptions = { stretch: 1n << 62n, isGrowing: false };

async function collect<T>(found: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of found) list.push(item);
  return list;
}

async function exported(store: FlowStore): Promise<string> {
  return (await collect(store.records(everyone, query))).map(({ text }) => text).join('');
}

async function answers(store: FlowStore) {
  const tallies = (await collect(store.tallies(everyone, query))).flatMap(({ tallies }) => tallies);
  return {
    records: await exported(store),
    oldest: await collect(store.find(everyone, { ...query, order: 'asc' })),
    newest: (await collect(store.find(everyone, { ...query, order: 'desc', limit: 5 }))).slice(0, 5),
    taken: await store.take(everyone, [1, 3, 7]),
    ...mapOf(tallies),
    coverage: store.coverage(always),
    summary: { ...store.summary(), bytesOnDisk: 0 },
  };
}

function mapOf(tallies: readonly Tally[]) {
  const map = ServiceMap.of(tallies, 'pod');
  return { nodes: map.nodes(), edges: map.edges() };
}

/** One segment for each list. */
async function stored(folder: string, commits: readonly (readonly string[])[]) {
  const at = openSqlite(folder);
  const reader = new FlowReader();
  for (const [i, texts] of commits.entries()) {
    for (const text of texts) at.writer.append(newFlow(text, reader));
    const event = { agent_event: { type: 'X', i }, node_name: 'n' };
    at.writer.appendEvent(eventOf(event), Buffer.from(jsonText(event)));
    await at.writer.commit();
  }
  return at;
}

async function mergeAll(file: string, options = ALL): Promise<void> {
  const db = openForWriting(file, migrations);
  const merger = new SegmentMerger(db);
  while (await merger.mergeSome(options));
  db.close();
}

function problemsOf(file: string): string[] {
  const db = openForReading(file);
  const problems = [...verify(db)].flatMap(({ problems }) => problems);
  db.close();
  return problems;
}

function listed(file: string, column: string): unknown[] {
  const db = openForReading(file);
  const found = db.prepare(`SELECT ${column} FROM segment ORDER BY first_seq`).pluck().all();
  db.close();
  return found;
}

const flowsOf = (file: string) => listed(file, 'flows');

const trickle = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => {
    const i = from + at;
    return [
      jsonText(record({ uuid: `a${i}`, Summary: `own ${i}`, time: `2026-06-01T10:00:0${i % 10}Z` })),
      jsonText(record({ uuid: `b${i}`, l7: { type: 'REQUEST', http: { method: 'GET', url: `/${i}` } } })),
    ];
  });

describe('merging', () => {
  it('puts together what blocks say of the same node and minute', async () => {
    const { file, close } = await stored(newFolder(), trickle(20));
    await close();
    const rows = () => {
      const db = openForReading(file);
      const found = db.prepare('SELECT count(*), sum(flows) FROM node_minute').raw().get();
      db.close();
      return found;
    };
    const [before, flows] = rows() as [number, number];
    await mergeAll(file);
    expect(rows()).toEqual([1, flows]);
    expect(before).toBeGreaterThan(2);
    expect(problemsOf(file)).toEqual([]);
  });

  it('changes nothing but the number of segments, whatever was committed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(flowTexts(8), { minLength: 2, maxLength: 8 }),
        fc.boolean(),
        async (commits, again) => {
          const folder = newFolder();
          const { file, store, close } = await stored(folder, commits);
          const before = await answers(store);
          await mergeAll(file);
          expect(await answers(store)).toEqual(before);
          await close();
          expect(flowsOf(file).length).toBeLessThanOrEqual(1);
          if (again) {
            // What comes later is of another generation, and stays apart.
            const more = commits.map((texts, i) => [...texts, jsonText(record({ uuid: `later ${i}` }))]);
            const later = await stored(folder, more);
            const whole = await answers(later.store);
            await mergeAll(file);
            expect(await answers(later.store)).toEqual(whole);
            await later.close();
            expect(flowsOf(file)).toHaveLength(commits.flat().length > 0 ? 2 : 1);
          }
          expect(problemsOf(file)).toEqual([]);
        },
      ),
      { numRuns: 15 },
    ));

  it('keeps apart what is of another time, so that old flows are not kept for the sake of new ones', async () => {
    const at = (hour: number, i: number) => [
      jsonText(record({ uuid: `${hour}/${i}`, time: `2026-06-01T1${hour}:30:0${i}Z` })),
    ];
    const { file, close } = await stored(
      newFolder(),
      [0, 1, 2].flatMap((hour) => [at(hour, 1), at(hour, 2)]),
    );
    await close();
    await mergeAll(file, { ...ALL, stretch: 3_600n * 10n ** 9n });
    expect(flowsOf(file)).toEqual([2, 2, 2]);
  });

  it('loses nothing for who listed the segments before', async () => {
    const { file, store: other, close } = await stored(newFolder(), trickle(6));
    // One that remembers nothing.
    const store = new SqliteFlowStore(openForReading(file), file);
    const expected = await collect(other.find(everyone, { ...query, order: 'asc' }));
    const text = await exported(other);
    const finding = store.find(everyone, { ...query, order: 'asc' })[Symbol.asyncIterator]();
    const tallying = store.tallies(everyone, query)[Symbol.asyncIterator]();
    const first = await finding.next();
    const tallied = await tallying.next();
    await mergeAll(file);
    expect(flowsOf(file)).toEqual([12]);
    const found = [first.value];
    for (let next = await finding.next(); next.done !== true; next = await finding.next())
      found.push(next.value);
    expect(found).toEqual(expected);
    let weight = 0;
    for (let next = tallied; next.done !== true; next = await tallying.next())
      for (const tally of next.value.tallies) weight += tally.weight;
    expect(weight).toBe(12);
    expect(await exported(store)).toBe(text);
    store.close();
    await close();
  });

  it('lets who reads on count only what is new', async () => {
    const { file, writer, store, close } = await stored(newFolder(), trickle(3));
    writer.append(newFlow(jsonText(record({ uuid: 'new' }))));
    await writer.commit();
    await mergeAll(file);
    const batches = await collect(store.tallies(everyone, { ...query, afterSeq: 6 }));
    expect(batches.flatMap(({ tallies }) => tallies).map(({ weight }) => weight)).toEqual([1]);
    expect(batches.at(-1)?.upTo).toBe(7);
    await close();
  });

  it('goes on in a writer that commits, and lets flows that come again be known', async () => {
    const { file, writer, store, close } = await stored(newFolder(), trickle(20));
    let merged = 0;
    for (let i = 20; i < 40; i++) {
      for (const text of trickle(1, i).flat()) expect(writer.append(newFlow(text))).toBe(true);
      await Promise.all([writer.commit(), writer.merge({})]);
      for (const text of trickle(i).flat()) expect(writer.append(newFlow(text))).toBe(false);
      if (await writer.merge({})) merged++;
    }
    expect(merged).toBeGreaterThan(1);
    expect(store.summary()).toMatchObject({ flows: 80, lastSeq: 80 });
    expect(await exported(store)).toBe(
      trickle(40)
        .map((texts, i) => {
          const event = i < 20 ? [jsonText({ agent_event: { type: 'X', i }, node_name: 'n' })] : [];
          return [...texts, ...event, ''].join('\n');
        })
        .join(''),
    );
    await close();
    expect(flowsOf(file).length).toBeLessThan(16);
    expect(problemsOf(file)).toEqual([]);
  });

  it('loses nothing where the writer is closed beside it', async () => {
    const { file, writer, store } = await stored(newFolder(), trickle(20));
    const text = await exported(store);
    const merging = writer.merge({});
    await writer.close();
    await merging;
    expect(await exported(store)).toBe(text);
    store.close();
    expect(problemsOf(file)).toEqual([]);
  });

  it('leaves damaged segments as they are, and merges around them', async () => {
    const { file, close } = await stored(newFolder(), trickle(7));
    await close();
    flipBits(file, 'text_chunk.texts', 'segment_id = (SELECT id FROM segment WHERE first_seq = 7)');
    flipBits(file, 'segment.keys', 'first_seq = 13');
    await mergeAll(file);
    expect(flowsOf(file)).toEqual([6, 2, 4, 2]);
    expect(problemsOf(file).length).toBeGreaterThan(0);
  });

  it('never gives the id of a segment again, also when the newest were merged', async () => {
    const { file, writer, close } = await stored(newFolder(), trickle(3));
    await mergeAll(file);
    expect(listed(file, 'id')).toEqual([4]);
    await writer.trim({ keepFor: 1 });
    writer.append(newFlow(jsonText(record({ uuid: 'new' }))));
    await close();
    expect(listed(file, 'id')).toEqual([5]);
    expect(listed(file, 'first_seq')).toEqual([7]);
  });

  it('leaves a backup under way as it was when it began', async () => {
    const folder = newFolder();
    const { file, close, store } = await stored(folder, trickle(20));
    const text = await exported(store);
    const copy = join(folder, 'copy.db');
    const db = openForReading(file);
    const copying = copyDatabase(db, copy, () => undefined);
    await Promise.all([copying, mergeAll(file)]);
    db.close();
    await close();
    expect(flowsOf(file)).toHaveLength(1);
    expect(flowsOf(copy)).toHaveLength(20);
    expect(problemsOf(copy)).toEqual([]);
    const copied = new SqliteFlowStore(openForReading(copy), copy);
    expect(await exported(copied)).toBe(text);
    copied.close();
  });

  it('is not for retention to undo: what is too old goes, what is not stays', async () => {
    const hour = (i: number) => Date.UTC(2026, 5, 1, i);
    const file = join(newFolder(), 'flowatlas.db');
    let now = hour(0);
    const writer = new SqliteFlowWriter(openForWriting(file, migrations), () => now);
    const limits = { keepFor: 4 * 3_600_000 };
    for (let minute = 0; minute < 10 * 60; minute += 5) {
      now = hour(0) + minute * 60_000;
      const time = new Date(now).toISOString();
      writer.append(newFlow(jsonText(record({ uuid: `m${minute}`, time }))));
      await writer.commit();
      await writer.merge(limits);
      await writer.trim(limits);
    }
    const store = new SqliteFlowStore(openForReading(file), file);
    const kept = (await collect(store.find(everyone, { ...query, order: 'asc' }))).map(({ time }) => time);
    const oldest = Number((kept[0] ?? 0n) / 1_000_000n);
    // A twentieth of four hours is what it waits, and as long a stretch lies in one segment.
    expect(now - oldest).toBeGreaterThanOrEqual(limits.keepFor - 5 * 60_000);
    expect(now - oldest).toBeLessThanOrEqual(limits.keepFor * 1.1 + 5 * 60_000);
    expect(kept).toHaveLength((now - oldest) / 300_000 + 1);
    expect(flowsOf(file).length).toBeLessThan(kept.length / 2);
    store.close();
    await writer.close();
    expect(problemsOf(file)).toEqual([]);
  });
});
