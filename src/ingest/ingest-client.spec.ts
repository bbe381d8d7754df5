import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openIngest } from '../../test/support/ingest-pair.js';
import { jsonText } from '../../test/support/json-text.js';
import { record } from '../../test/support/make-flow.js';
import { eachRecord } from '../store/flow-writer.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';

const newFolder = temporaryFolders();
const opened: Awaited<ReturnType<typeof openIngest>>[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open() {
  const pair = await openIngest(newFolder());
  opened.push(pair);
  return pair;
}

const line = (uuid: string) => Buffer.from(`${jsonText(record({ uuid }))}\n`);

/** A flow that does not compress to nothing. */
function bulky(uuid: string): Buffer {
  const noise = Array.from({ length: 60 }, (_, i) =>
    createHash('sha256').update(`${uuid} ${i}`).digest('base64'),
  );
  return Buffer.from(`${jsonText(record({ uuid, Summary: noise.join('') }))}\n`);
}

describe('an upload that goes on for long', () => {
  it('is told again and again what is on disk, with its checkpoints', async () => {
    const { ingest, store } = await open();
    const upload = ingest.open();
    await upload.write(line('a'));
    expect(await upload.commit([{ source: 'log', state: '1' }])).toMatchObject({ records: 1, stored: 1 });
    expect(store.summary().flows).toBe(1);
    expect(store.checkpoints()).toEqual(new Map([['log', '1']]));
    await upload.write(Buffer.concat([line('a'), line('b')]));
    expect(await upload.commit()).toMatchObject({ records: 3, stored: 2, duplicates: 1 });
    expect(store.summary().flows).toBe(2);
    expect(await upload.end([{ source: 'log' }])).toMatchObject({ records: 3, stored: 2 });
    expect(store.checkpoints()).toEqual(new Map());
  });

  it('shares a commit with others that wait', async () => {
    const { ingest, store } = await open();
    let commits = 0;
    ingest.onCommitted(() => commits++);
    const uploads = ['a', 'b', 'c', 'd'].map((uuid) => ({ uuid, upload: ingest.open() }));
    await Promise.all(
      uploads.map(async ({ uuid, upload }) => {
        await upload.write(line(uuid));
        await upload.commit();
      }),
    );
    expect(store.summary().flows).toBe(4);
    expect(commits).toBeLessThan(4);
  });

  it('tells with each commit the records of its drops', async () => {
    const { ingest, store } = await open();
    const told: { seq: number; record: string }[] = [];
    ingest.onCommitted((dropped) => told.push(...eachRecord(dropped)));
    const upload = ingest.open();
    const drop = jsonText(record({ uuid: 'b', verdict: 'DROPPED' }));
    await upload.write(Buffer.concat([line('a'), Buffer.from(`${drop}\n`)]));
    await upload.end();
    expect(store.summary().flows).toBe(2);
    expect(told).toEqual([{ seq: 2, record: drop }]);
  });

  it('keeps a line that is not whole until its rest comes, over commits', async () => {
    const { ingest, store } = await open();
    const upload = ingest.open();
    const whole = line('a');
    await upload.write(whole.subarray(0, 50));
    expect(await upload.commit()).toMatchObject({ records: 0, rejected: 0 });
    await upload.write(whole.subarray(50));
    expect(await upload.commit()).toMatchObject({ records: 1, rejected: 0 });
    expect(store.summary().flows).toBe(1);
  });

  it('that is abandoned leaves what was read, and no complaint about a line that was not whole', async () => {
    const { ingest, store } = await open();
    const upload = ingest.open();
    await upload.write(Buffer.concat([line('a'), line('b').subarray(0, 50)]));
    upload.abandon();
    await expect(upload.commit()).rejects.toThrow('send it again');
    const other = ingest.open();
    expect(await other.end()).toMatchObject({ records: 0, rejected: 0 });
    expect(store.summary().flows).toBe(1);
  });
});

describe('a commit that fails', () => {
  it('is told to who waits, and no checkpoint gets ahead of what is on disk', async () => {
    const { db, ingest, store } = await open();
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages}`);
    const upload = ingest.open();
    for (let i = 0; i < 50; i++) await upload.write(bulky(`lost ${i}`));
    const told = upload.commit([{ source: 'log', state: '1' }]);
    await expect(told).rejects.toThrow('database or disk is full');
    db.pragma('max_page_count = 1000000');
    // Sent before the failure was known here: what came before it is lost, so it must not be noted.
    await upload.write(line('behind what was lost'));
    await expect(upload.commit([{ source: 'log', state: '2' }])).rejects.toThrow('send it again');
    expect(store.summary().flows).toBe(0);

    const again = ingest.open();
    for (let i = 0; i < 50; i++) await again.write(bulky(`lost ${i}`));
    expect(await again.commit([{ source: 'log', state: '1' }])).toMatchObject({ stored: 50 });
    expect(store.checkpoints()).toEqual(new Map([['log', '1']]));
  });

  it('tells how much is on disk all the same, by commits before', async () => {
    const { db, ingest, store } = await open();
    const upload = ingest.open();
    await upload.write(Buffer.concat([line('a'), line('b'), line('a')]));
    expect(await upload.commit()).toMatchObject({ stored: 2 });
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);
    for (let i = 0; i < 50; i++) await upload.write(bulky(`lost ${i}`));
    const other = ingest.open();
    await other.write(line('of another'));
    const report = { records: 53, stored: 2, duplicates: 1 };
    await expect(upload.end()).rejects.toMatchObject({ details: { report } });
    db.pragma('max_page_count = 1000000');
    // Its numbers are those of what was lost, and it is not counted there.
    const again = ingest.open();
    await again.write(Buffer.concat([line('c'), line('d'), line('e')]));
    expect(await again.end()).toMatchObject({ stored: 3 });
    await expect(other.end()).rejects.toMatchObject({ details: { report: { records: 1, stored: 0 } } });
    expect(store.summary().flows).toBe(5);
  });
});
