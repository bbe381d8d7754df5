import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { jsonText } from '../../../test/support/json-text.js';
import { eventOf, newFlow, record } from '../../../test/support/make-flow.js';
import { openSplit } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import { everyone } from '../../domain/viewer.js';
import type { FlowStore } from '../flow-store.js';
import { openForReading } from './database.js';
import { verify } from './verify.js';

const newFolder = temporaryFolders();

const flow = (i: number, more: object = {}) =>
  newFlow(
    jsonText(
      record({ uuid: `flow ${i}`, time: `2026-06-01T10:00:${String(i % 60).padStart(2, '0')}Z`, ...more }),
    ),
  );

/** A flow whose own text does not compress to nothing. */
function bulky(i: number) {
  const noise = Array.from({ length: 400 }, (_, at) =>
    createHash('sha256').update(`${i} ${at}`).digest('hex'),
  );
  return flow(i, { Summary: noise.join('') });
}

async function textOf(store: FlowStore): Promise<string> {
  let text = '';
  for await (const part of store.records(everyone, { filter: everything, window: always })) text += part.text;
  return text;
}

function problemsOf(file: string): string[] {
  const db = openForReading(file);
  const problems = [...verify(db)].flatMap(({ problems }) => problems);
  db.close();
  return problems;
}

describe('a keeper in another thread', () => {
  it('stores what is handed over, and what one segment brought along is known to the next', async () => {
    const { file, writer, store, close } = openSplit(newFolder());
    const event = { lost_events: { source: 'HUBBLE_RING_BUFFER', num_events_lost: '3' }, node_name: 'n' };
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 5; j++) expect(writer.append(flow(i * 5 + j))).toBe(true);
      expect(writer.appendEvent(eventOf(event), Buffer.from(jsonText(event)))).toBe(i === 0);
      writer.checkpoint('log', `read ${i}`);
      await writer.commit();
    }
    expect(store.summary()).toMatchObject({ flows: 20, lastSeq: 20 });
    expect(store.eventCounts()).toEqual({ lost_events: 1 });
    expect(store.checkpoints()).toEqual(new Map([['log', 'read 3']]));
    expect(await textOf(store)).toContain('flow 19');
    await close();
    expect(problemsOf(file)).toEqual([]);
  });

  it('stores nothing behind what failed, nor its texts, until all of that is told; and goes on without a gap', async () => {
    const { db, file, writer, store, close } = openSplit(newFolder());
    writer.append(flow(0));
    await writer.commit();
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);
    for (let i = 1; i < 60; i++) writer.append(bulky(i));
    const first = writer.commit();
    // In the next segment, more than one chunk of texts, of which the first is handed over at once.
    for (let i = 60; i < 120; i++) writer.append(bulky(i));
    const lost = writer.block;
    const second = writer.commit();
    await expect(first).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    await expect(second).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(lost.fate).toBe('lost');
    expect(writer.failures).toBe(1);
    expect(store.summary()).toMatchObject({ flows: 1, lastSeq: 1 });

    db.pragma('max_page_count = 1000000');
    for (let i = 1; i < 120; i++) expect(writer.append(bulky(i))).toBe(true);
    const { block } = writer;
    await writer.commit();
    expect(block.fate).toBe('kept');
    expect(writer.failures).toBe(1);
    expect(store.summary()).toMatchObject({ flows: 120, lastSeq: 120 });
    await close();
    expect(problemsOf(file)).toEqual([]);
  });

  it('merges and removes segments while flows come, and none is stored twice', async () => {
    // Without room for keys: they are read from disk each time, where the segments were merged meanwhile.
    const { file, writer, store, close } = openSplit(newFolder(), undefined, 0);
    const merges: Promise<boolean>[] = [];
    for (let round = 0; round < 30; round++) {
      for (let i = 0; i < 30; i++) expect(writer.append(flow(round * 30 + i))).toBe(true);
      await writer.commit();
      merges.push(writer.merge({}));
      for (let i = 0; i < round * 30; i += 7) expect(writer.append(flow(i))).toBe(false);
    }
    expect(await Promise.all(merges)).toContain(true);
    expect(store.summary().flows).toBe(900);
    const removal = await writer.trim({ keepBytes: 1 });
    expect(removal?.flows).toBe(900);
    expect(writer.append(flow(0))).toBe(true);
    await writer.commit();
    expect(store.summary()).toMatchObject({ flows: 1, lastSeq: 901 });
    await close();
    expect(problemsOf(file)).toEqual([]);
  });

  it('notes what is acknowledged, and tells why it cannot', async () => {
    const { db, writer, close } = openSplit(newFolder());
    await writer.acknowledge('edge', { note: 'by design', at: 7 });
    await writer.noteDigest({ at: 8, until: 9n });
    expect(db.prepare('SELECT note FROM acknowledgement').pluck().all()).toEqual(['by design']);
    db.exec('DROP TABLE acknowledgement');
    await expect(writer.acknowledge('edge', undefined)).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
    await close();
  });
});
