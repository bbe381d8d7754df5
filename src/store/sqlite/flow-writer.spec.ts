import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jsonText } from '../../../test/support/json-text.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import { eventOf, newFlow, pod, record } from '../../../test/support/make-flow.js';
import { migrations } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everyone } from '../../domain/viewer.js';
import { eachRecord } from '../flow-writer.js';
import { openForReading, openForWriting } from './database.js';
import { SqliteFlowStore } from './flow-store.js';
import { SqliteFlowWriter } from './flow-writer.js';

const newFolder = temporaryFolders();

function opened(elapsed?: () => number, now?: () => number) {
  const file = join(newFolder(), 'flowatlas.db');
  const db = openForWriting(file, migrations);
  const writer = new SqliteFlowWriter(db, now, elapsed);
  const store = new SqliteFlowStore(openForReading(file), file);
  const close = async () => {
    store.close();
    await writer.close();
  };
  return { db, writer, store, close };
}

/** The records of drops that it tells. */
function nextCommit(writer: SqliteFlowWriter): Promise<{ seq: number; record: string }[]> {
  return new Promise((resolve) => {
    writer.onCommit = (dropped) => {
      resolve([...eachRecord(dropped)]);
    };
  });
}

/** A flow that does not compress to nothing. */
const bulky = (uuid: string) => {
  const noise = Array.from({ length: 60 }, (_, i) =>
    createHash('sha256').update(`${uuid} ${i}`).digest('base64'),
  );
  return newFlow(jsonText(record({ uuid, Summary: noise.join('') })));
};

describe('a commit that fails', () => {
  it('is told to who waits for it, holds nothing, and can be tried again', async () => {
    const { db, writer, store, close } = opened();
    writer.append(bulky('before'));
    await writer.commit();
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages}`);

    const flows = Array.from({ length: 50 }, (_, i) => bulky(`lost ${i}`));
    for (const flow of flows) expect(writer.append(flow)).toBe(true);
    writer.checkpoint('a log', 'read to its end');
    await expect(writer.commit()).rejects.toThrow('database or disk is full');
    expect(writer.failures).toBe(1);
    expect(store.summary()).toMatchObject({ flows: 1, lastSeq: 1 });
    expect(store.checkpoints()).toEqual(new Map());

    db.pragma('max_page_count = 1000000');
    expect(writer.append(bulky('before'))).toBe(false);
    for (const flow of flows) expect(writer.append(flow)).toBe(true);
    await writer.commit();
    expect(writer.failures).toBe(1);
    expect(store.checkpoints()).toEqual(new Map());
    expect(store.summary()).toMatchObject({ flows: 51, lastSeq: 51 });
    await close();
  });
});

describe('drops of a commit', () => {
  const drop = (uuid: string) => newFlow(jsonText(record({ uuid, verdict: 'DROPPED' })));

  it('are told with their numbers, to the letter as they are read', async () => {
    const { writer, store, close } = opened();
    for (const flow of [bulky('a'), drop('b'), bulky('c'), drop('d')]) writer.append(flow);
    expect(writer.append(drop('b'))).toBe(false);
    const told = nextCommit(writer);
    await writer.commit();
    const read = await store.take(everyone, [2, 4]);
    expect(await told).toEqual(read.map(({ seq, record }) => ({ seq, record })));
    expect(read).toHaveLength(2);

    writer.append(drop('e'));
    const next = nextCommit(writer);
    await writer.commit();
    expect((await next).map(({ seq }) => seq)).toEqual([5]);
    await close();
  });

  it('are not told when it fails, and their numbers belong to others then', async () => {
    const { db, writer, close } = opened();
    writer.append(bulky('before'));
    await writer.commit();
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);
    let told: { seq: number; record: string }[] = [];
    writer.onCommit = (dropped) => (told = [...eachRecord(dropped)]);
    for (const flow of [drop('lost'), ...Array.from({ length: 50 }, (_, i) => bulky(`${i}`))])
      writer.append(flow);
    await expect(writer.commit()).rejects.toThrow('database or disk is full');
    expect(told).toEqual([]);

    db.pragma('max_page_count = 1000000');
    writer.append(drop('another'));
    await writer.commit();
    expect(told).toMatchObject([{ seq: 2, record: expect.stringContaining('"another"') }]);
    await close();
  });

  it('are told up to half a million bytes, and from the next commit on again', async () => {
    const { writer, close } = opened();
    const large = (uuid: string) =>
      newFlow(jsonText(record({ uuid, verdict: 'DROPPED', Summary: 'x'.repeat(300_000) })));
    for (const uuid of ['a', 'b', 'c', 'd', 'e']) writer.append(large(uuid));
    const told = nextCommit(writer);
    await writer.commit();
    expect((await told).map(({ seq }) => seq)).toEqual([1, 2]);
    writer.append(large('f'));
    const next = nextCommit(writer);
    await writer.commit();
    expect((await next).map(({ seq }) => seq)).toEqual([6]);
    await close();
  });

  it('are handed out again as they were told, while they are remembered', async () => {
    const { writer, store, close } = opened();
    writer.append(drop('a'));
    await writer.commit();
    const bytes = Buffer.from('{"as":"told"}');
    store.remember({ seqs: [1], ends: [bytes.length], bytes });
    expect(await store.take(everyone, [1])).toMatchObject([{ seq: 1, record: '{"as":"told"}' }]);
    await close();
  });
});

describe('an open block', () => {
  it('is committed by itself when its oldest flow has waited long enough', async () => {
    let elapsed = 1_000;
    const { writer, store, close } = opened(() => elapsed);
    writer.append(bulky('a'));
    const committed = nextCommit(writer);
    elapsed += 399;
    writer.commitAfter(400);
    elapsed += 1;
    writer.append(bulky('b'));
    writer.commitAfter(400);
    await committed;
    expect(store.summary().flows).toBe(2);
    await close();
  });

  /** What no other flow has, one sort of entry after the other. */
  it.each<[string, (text: string) => Record<string, unknown>]>([
    ['endpoint', (text) => ({ source: pod(`shop/${text}`) })],
    ['node', (text) => ({ node_name: text })],
    ['template', (text) => ({ verdict: text })],
    ['policy', (text) => ({ egress_allowed_by: [{ name: text }] })],
    ['text', () => ({})],
  ])('is closed before its new dictionary entries are too many bytes: %s', async (kind, fields) => {
    const { writer, store, close } = opened();
    const first = writer.block;
    const long = 'x'.repeat(1 << 20);
    let flows = 0;
    while (writer.block === first && flows < 20) {
      const text = `${flows++} ${long}`;
      const flow = newFlow(jsonText(record({ uuid: `${flows}`, ...fields(text) })), new FlowReader());
      // Its own text would count, too.
      writer.append({ ...flow, own: [Buffer.from('{}')], known: kind === 'text' ? [{ text }] : [] });
    }
    expect(flows).toBe(16);
    await writer.commit();
    expect(store.summary().flows).toBe(16);
    await close();
  });

  it('is committed by itself when it holds nothing but an event', async () => {
    let elapsed = 1_000;
    const { writer, store, close } = opened(() => elapsed);
    const lost = { lost_events: { source: 'HUBBLE_RING_BUFFER', num_events_lost: '3' }, node_name: 'n' };
    writer.appendEvent(eventOf(lost), Buffer.from(jsonText(lost)));
    const committed = nextCommit(writer);
    elapsed += 399;
    writer.commitAfter(400);
    expect(store.eventCounts()).toEqual({});
    elapsed += 1;
    writer.commitAfter(400);
    await committed;
    expect(store.eventCounts()).toEqual({ lost_events: 1 });
    await close();
  });

  it('is committed by itself when it holds nothing but a checkpoint, which is no news for readers', async () => {
    let elapsed = 1_000;
    const { writer, store, close } = opened(() => elapsed);
    let news = 0;
    writer.onCommit = () => news++;
    writer.checkpoint('a log', '1');
    elapsed += 400;
    writer.commitAfter(400);
    await writer.commit();
    expect(store.checkpoints()).toEqual(new Map([['a log', '1']]));
    expect(news).toBe(0);
    await close();
  });

  it('waits no longer when the clock is set back meanwhile', async () => {
    let elapsed = 1_000;
    let now = Date.UTC(2026, 5, 1);
    const { writer, store, close } = opened(
      () => elapsed,
      () => now,
    );
    writer.append(bulky('a'));
    now -= 3_600_000;
    elapsed += 400;
    writer.commitAfter(400);
    await expect(nextCommit(writer)).resolves.toEqual([]);
    expect(store.summary().flows).toBe(1);
    await close();
  });

  it('is committed when the writer is closed', async () => {
    const { writer, store } = opened();
    writer.append(bulky('a'));
    await writer.close();
    expect(store.summary().flows).toBe(1);
    store.close();
  });
});

describe('commits under way at the same time', () => {
  it('keep the order in which flows came, and all of them', async () => {
    const { writer, store, close } = opened();
    const commits: Promise<void>[] = [];
    for (let i = 0; i < 20; i++) {
      writer.append(bulky(`flow ${i}`));
      commits.push(writer.commit());
    }
    await Promise.all(commits);
    expect(store.summary()).toMatchObject({ flows: 20, lastSeq: 20 });
    const found = await store.take({ name: 'x', namespaces: 'all' }, [1, 10, 20]);
    expect(found.map(({ record }) => /flow \d+/.exec(record)?.[0])).toEqual(['flow 0', 'flow 9', 'flow 19']);
    await close();
  });
});
