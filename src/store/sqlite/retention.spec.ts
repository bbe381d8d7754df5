import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import { everyone } from '../../domain/viewer.js';
import { jsonText } from '../../../test/support/json-text.js';
import { eventOf, newFlow, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';

const newFolder = temporaryFolders();
const MEGABYTE = 1 << 20;

/** About `kilobytes` that do not compress, at a second of the first of June 2026. */
function bulky(number: number, kilobytes = 32): string {
  const noise = Array.from({ length: kilobytes * 24 }, (_, i) =>
    createHash('sha256').update(`${number} ${i}`).digest('base64'),
  );
  const time = new Date(Date.UTC(2026, 5, 1) + number * 1000).toISOString();
  return jsonText(record({ uuid: `flow ${number}`, time, Summary: noise.join('') }));
}

type Opened = ReturnType<typeof openSqlite>;

/** Ten flows a segment; between two of them, what goes on beside it has its turn. */
async function fill({ writer }: Opened, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    expect(writer.append(newFlow(bulky(i)))).toBe(true);
    if (i % 10 !== 9) continue;
    await writer.commit();
    await setImmediate();
  }
  await writer.commit();
}

async function seqs({ store }: Opened): Promise<number[]> {
  const found: number[] = [];
  for await (const { seq } of store.find(everyone, { filter: everything, window: always, order: 'asc' }))
    found.push(seq);
  return found;
}

function tables(file: string): Record<string, number> {
  const db = connect(file, { readonly: true });
  const names = [
    ...['segment', 'text_chunk', 'segment_node', 'node_minute', 'segment_slice', 'timeless'],
    ...['dictionary', 'event'],
  ];
  const counts = names.map((name) => [name, db.prepare(`SELECT count(*) FROM ${name}`).pluck().get()]);
  db.close();
  return Object.fromEntries(counts) as Record<string, number>;
}

const bytesOf = ({ file }: Opened) => statSync(file).size + statSync(`${file}-wal`).size;

describe('a store that may not grow beyond a size', () => {
  it('removes the oldest segments by arrival, and the file with its log stays within it', async () => {
    const opened = openSqlite(newFolder());
    const limits = { keepBytes: 4 * MEGABYTE };
    let removed = 0;
    for (let from = 0; from < 400; from += 50) {
      await fill(opened, from, from + 50);
      removed += (await opened.writer.trim(limits))?.flows ?? 0;
      expect(bytesOf(opened)).toBeLessThanOrEqual(limits.keepBytes);
    }
    const { flows, lastSeq, bytesOnDisk } = opened.store.summary();
    expect(bytesOnDisk).toBe(bytesOf(opened));
    expect(lastSeq).toBe(400);
    expect(flows + removed).toBe(400);
    expect(removed % 10).toBe(0);
    // Most of what may be used is used.
    expect(flows).toBeGreaterThan(50);
    expect(await seqs(opened)).toEqual(Array.from({ length: flows }, (_, i) => removed + i + 1));
    expect(opened.store.removed().flows).toBe(removed);
    const { segment, text_chunk, segment_node, node_minute } = tables(opened.file);
    expect([segment, segment_node, node_minute]).toEqual([flows / 10, flows / 10, flows / 10]);
    expect(text_chunk).toBeGreaterThanOrEqual(flows / 10);
    await opened.close();
  });

  it('shrinks when the limit is lowered, and goes on numbering after a restart with nothing left', async () => {
    const folder = newFolder();
    const first = openSqlite(folder);
    await fill(first, 0, 200);
    const lost = { lost_events: { source: 'X', num_events_lost: '1' }, node_name: 'n' };
    first.writer.appendEvent(eventOf(lost), Buffer.from(jsonText(lost)));
    await first.writer.commit();
    const before = bytesOf(first);
    expect(await first.writer.trim({ keepBytes: 1 })).toMatchObject({ flows: 200, events: 1 });
    const none = { segment: 0, text_chunk: 0, segment_node: 0, node_minute: 0, event: 0 };
    expect(tables(first.file)).toMatchObject(none);
    expect(bytesOf(first)).toBeLessThan(before / 10);
    await first.close();

    const second = openSqlite(folder);
    expect(second.store.summary()).toMatchObject({ flows: 0, lastSeq: 200 });
    await fill(second, 0, 20);
    expect(await seqs(second)).toEqual(Array.from({ length: 20 }, (_, i) => 201 + i));
    // Of the old generation of the dictionary nothing is left when a later one is on disk.
    await second.writer.trim({ keepFor: 1 });
    const db = connect(second.file, { readonly: true });
    expect(db.prepare('SELECT count(DISTINCT generation) FROM dictionary').pluck().get()).toBe(1);
    db.close();
    await second.close();
  });

  it('goes on storing while it removes', async () => {
    const opened = openSqlite(newFolder());
    await fill(opened, 0, 200);
    const removal = opened.writer.trim({ keepBytes: 2 * MEGABYTE });
    await fill(opened, 200, 260);
    expect((await removal)?.flows).toBeGreaterThan(0);
    expect((await seqs(opened)).slice(-60)).toEqual(Array.from({ length: 60 }, (_, i) => 201 + i));
    await opened.close();
  });
});

describe('a reader of what is removed meanwhile', () => {
  it('gets what is left, and no error', async () => {
    const opened = openSqlite(newFolder(), () => Date.UTC(2026, 6, 1));
    await fill(opened, 0, 60);
    const query = { filter: everything, window: always, order: 'asc' as const };
    const found: number[] = [];
    for await (const { seq } of opened.store.find(everyone, query)) {
      if (found.push(seq) === 15) await opened.writer.trim({ keepFor: 1000 });
    }
    expect(found.slice(0, 15)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(found.length).toBeLessThan(60);
    const tallies = opened.store.tallies(everyone, query);
    expect(await tallies[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
    await opened.close();
  });
});

describe('flows without a time', () => {
  it('are forgotten with their segment, and known until then', async () => {
    let now = Date.UTC(2026, 5, 1);
    const opened = openSqlite(newFolder(), () => now);
    const timeless = newFlow('{"verdict":"FORWARDED","Type":"L7"}');
    expect(opened.writer.append(timeless)).toBe(true);
    await opened.writer.commit();
    now += 3_600_000;
    expect(opened.writer.append(timeless)).toBe(false);
    expect(tables(opened.file)['timeless']).toBe(1);
    expect(await opened.writer.trim({ keepFor: 60_000 })).toMatchObject({ flows: 1 });
    expect(tables(opened.file)['timeless']).toBe(0);
    expect(opened.writer.append(timeless)).toBe(true);
    await opened.close();
  });
});

describe('what is only a little too old', () => {
  it('waits, so that removals are few', async () => {
    let now = Date.UTC(2026, 5, 1) + 100_000;
    const opened = openSqlite(newFolder(), () => now);
    await fill(opened, 0, 10);
    const limits = { keepFor: 90_000 };
    expect(await opened.writer.trim(limits)).toBeUndefined();
    now += 4_000;
    expect(await opened.writer.trim(limits)).toMatchObject({ flows: 10 });
    await opened.close();
  });
});

describe('a clock that jumps ten years forward', () => {
  it('removes nothing before it has stayed so for an hour, and says so once', async () => {
    const hour = 3_600_000;
    let elapsed = 0;
    let start = Date.UTC(2026, 5, 1);
    const opened = openSqlite(
      newFolder(),
      () => start + elapsed,
      () => elapsed,
    );
    const told: string[] = [];
    opened.writer.onDelay = (message) => told.push(message);
    const limits = { keepFor: 7 * 24 * hour };
    await fill(opened, 0, 10);
    expect(await opened.writer.trim(limits)).toBeUndefined();
    start += 87_600 * hour;
    for (const passed of [0, 30, 29]) {
      elapsed += (passed * hour) / 60;
      expect(await opened.writer.trim(limits)).toBeUndefined();
    }
    expect(told).toEqual([expect.stringContaining('set forward by 87600 hours')]);
    elapsed += hour / 60;
    expect(await opened.writer.trim(limits)).toMatchObject({ flows: 10 });
    await opened.close();
  });
});
