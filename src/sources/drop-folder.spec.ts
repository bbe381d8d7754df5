import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Following } from '../../test/support/following.js';
import { logLines } from '../../test/support/log-files.js';
import { sleep, until } from '../../test/support/run-server.js';

const here = new Following();
const drop = () => {
  here.follow([], { dropFolder: here.in('drop') });
};
const put = (name: string, content: string | Buffer) => {
  mkdirSync(here.in('drop'), { recursive: true });
  writeFileSync(here.in(`drop/${name}`), content);
};
const appeared = async (path: string) => {
  expect(await until(() => existsSync(here.in(path)), Boolean)).toBe(true);
};
const reportOf = (path: string) => JSON.parse(readFileSync(here.in(`${path}.report.json`), 'utf8')) as object;

describe('a drop folder', () => {
  it('is made, stores what is put there, and moves it to done with a report', async () => {
    drop();
    await appeared('drop/done');
    put('one.jsonl', logLines(10));
    put('two.log.gz', gzipSync(logLines(20)));
    await appeared('drop/done/two.log.gz');
    await here.expectStored(20);
    expect(readdirSync(here.in('drop')).sort()).toEqual(['done', 'failed']);
    expect(readFileSync(here.in('drop/done/one.jsonl'), 'utf8')).toBe(logLines(10));
    expect(reportOf('drop/done/one.jsonl')).toMatchObject({
      file: 'one.jsonl',
      ok: true,
      report: { stored: 10, duplicates: 0 },
    });
    expect(reportOf('drop/done/two.log.gz')).toMatchObject({
      ok: true,
      report: { stored: 10, duplicates: 10 },
    });
    expect(here.status()).toMatchObject({
      kind: 'drop-folder',
      files: 0,
      bytesBehind: 0,
      records: 30,
      stored: 20,
    });
  });

  it('waits until a file grows no more, and passes over those that say they are not whole', async () => {
    put('a.log', logLines(5));
    put('b.log.part', logLines(5, 150));
    put('.hidden.log', logLines(5, 160));
    drop();
    // Each pause much shorter than the two seconds in which it must not change, all of them longer.
    for (let i = 1; i <= 10; i++) {
      await sleep(250);
      expect(existsSync(here.in('drop/a.log'))).toBe(true);
      appendFileSync(here.in('drop/a.log'), logLines(5, 5 * i));
    }
    expect(here.at.store.summary().flows).toBe(0);
    await appeared('drop/done/a.log');
    expect(here.at.store.summary().flows).toBe(55);
    renameSync(here.in('drop/b.log.part'), here.in('drop/b.log'));
    await appeared('drop/done/b.log');
    expect(here.at.store.summary().flows).toBe(60);
    expect(existsSync(here.in('drop/.hidden.log'))).toBe(true);
  });

  it('moves what it cannot read to failed, says why, and keeps what could be read', async () => {
    const whole = gzipSync(logLines(2_000));
    put('cut.log.gz', whole.subarray(0, whole.length - 200));
    put('noise.txt', 'nothing of Hubble\n');
    put('empty.log', '');
    mkdirSync(here.in('drop/folder'));
    drop();
    for (const name of ['cut.log.gz', 'noise.txt', 'empty.log']) await appeared(`drop/failed/${name}`);
    expect(reportOf('drop/failed/cut.log.gz')).toMatchObject({
      ok: false,
      error: expect.stringMatching(/cannot be read whole/),
    });
    expect(here.at.store.summary().flows).toBeGreaterThan(100);
    expect(reportOf('drop/failed/noise.txt')).toMatchObject({
      ok: false,
      error: 'nothing in it is a Hubble record',
      report: { rejected: 1, errors: [{ line: 1, reason: expect.stringContaining('nothing of Hubble') }] },
    });
    await here.expectTold(/noise\.txt: nothing in it is a Hubble record/);
    await here.expectTold(/drop\/folder is a folder; put files into/);
  });

  it('reads a file again that is written to after it was read, and says so', async () => {
    put('slow.jsonl', logLines(50));
    drop();
    await appeared('drop/done/slow.jsonl');
    // Who writes has it open, wherever it lies.
    appendFileSync(here.in('drop/done/slow.jsonl'), logLines(50, 50));
    await here.expectTold(/drop\/slow\.jsonl was written to after it was read, so it is read again; call it/);
    await appeared('drop/done/slow.jsonl');
    await here.expectStored(100);
    expect(reportOf('drop/done/slow.jsonl')).toMatchObject({
      ok: true,
      report: { stored: 50, duplicates: 50 },
    });
    expect(readdirSync(here.in('drop')).sort()).toEqual(['done', 'failed']);
    expect(readdirSync(here.in('drop/done')).sort()).toEqual(['slow.jsonl', 'slow.jsonl.report.json']);
  });

  it('gives a second file of the same name another one', async () => {
    drop();
    put('a.log', logLines(1));
    await appeared('drop/done/a.log');
    put('a.log', logLines(1, 1));
    await appeared('drop/done/a-2.log');
    expect(reportOf('drop/done/a-2.log')).toMatchObject({ file: 'a.log', report: { stored: 1 } });
    expect(readFileSync(here.in('drop/done/a.log'), 'utf8')).toBe(logLines(1));
  });

  it('that is removed is made again, and one that cannot be made is told', async () => {
    drop();
    await appeared('drop/done');
    takeAway(here.in('drop'));
    await appeared('drop/done');
    putInItsPlace(here.in('drop'), 'in the way');
    await here.expectTold(/the drop folder .*drop cannot be used/);
    rmSync(here.in('drop'));
    put('a.log', logLines(3));
    await appeared('drop/done/a.log');
    await here.expectTold(/drop can be used again/);
    expect(here.at.store.summary().flows).toBe(3);
  });

  it('reads a file again that was being read when the server stopped', async () => {
    put('a.log', logLines(30_000));
    drop();
    await until(
      () => here.at.store.summary().flows,
      (flows) => flows > 0,
      10_000,
      1,
    );
    await here.restart();
    const isThere = existsSync(here.in('drop/a.log'));
    drop();
    await appeared('drop/done/a.log');
    expect(here.at.store.summary().flows).toBe(30_000);
    expect(isThere).toBe(true);
  });
});

/** Also while folders are made inside of it. */
function takeAway(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 10 });
}

/** A file where the folder was, which may be made again meanwhile. */
function putInItsPlace(folder: string, text: string): void {
  for (;;) {
    takeAway(folder);
    try {
      writeFileSync(folder, text);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    }
  }
}
