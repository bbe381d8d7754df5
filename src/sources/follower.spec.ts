import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Following } from '../../test/support/following.js';
import { logLines } from '../../test/support/log-files.js';
import { until } from '../../test/support/run-server.js';

const here = new Following();

describe('a followed log', () => {
  it('is read from its beginning, and on as it is written, and tells how far', async () => {
    const events = here.log();
    events.write(100);
    here.follow('events.log');
    await here.expectStored(100);
    events.write(50);
    await here.expectStored(150);
    const size = statSync(events.path).size;
    expect(here.status()).toMatchObject({
      kind: 'follow',
      path: events.path,
      files: 1,
      bytesRead: size,
      bytesBehind: 0,
      records: 150,
      stored: 150,
      rejected: 0,
      lastRecord: '2026-06-01T10:00:59Z',
      lastError: null,
      open: [{ path: events.path, bytesRead: size, bytesBehind: 0 }],
    });
    expect(here.told).toEqual([]);
  });

  it('goes on after a restart without reading again what is stored', async () => {
    const events = here.log();
    events.write(100);
    here.follow('events.log');
    await here.expectStored(100);
    await here.restart(() => {
      events.write(20);
    });
    here.follow('events.log');
    await here.expectStored(120);
    expect(here.status()).toMatchObject({ records: 20, stored: 20 });
  });

  it('waits for the rest of a last line, also over a restart', async () => {
    const events = here.log();
    events.write(10);
    const line = logLines(1, 10);
    appendFileSync(events.path, line.slice(0, 200));
    here.follow('events.log');
    await here.expectStored(10);
    await here.expectStatus({ rejected: 0, bytesBehind: 200 });
    await here.restart();
    here.follow('events.log');
    await here.expectStored(10);
    await here.expectStatus({ rejected: 0, bytesBehind: 200 });
    appendFileSync(events.path, line.slice(200, 300));
    await here.expectStored(10);
    appendFileSync(events.path, line.slice(300));
    await here.expectStored(11);
    expect(here.status()).toMatchObject({ rejected: 0, bytesBehind: 0 });
  });

  it('from the end brings what is written later, and what was written while the server was down', async () => {
    const events = here.log();
    events.write(30);
    appendFileSync(events.path, logLines(1, 30).slice(0, 100));
    writeFileSync(here.in('events.log.1'), logLines(5, 0, 'older'));
    writeFileSync(here.in('events.log.2.gz'), gzipSync(logLines(5, 0, 'oldest')));
    here.follow('events.log', { followFrom: 'end' });
    await until(
      () => here.at.store.checkpoints().size,
      (size) => size >= 3,
    );
    appendFileSync(events.path, logLines(1, 30).slice(100));
    await here.expectStored(1, 1_500);
    expect(here.status().rejected).toBe(0);
    await here.restart(() => {
      events.written = 31;
      events.rename(here.in('events.log.0'));
      events.write(7);
    });
    here.follow('events.log', { followFrom: 'end' });
    await here.expectStored(8, 1_500);
  });

  it('is told when it does not exist, and read when it comes', async () => {
    here.follow(['events.log', 'other/*.log']);
    await here.expectTold(/events\.log: it does not exist/);
    await here.expectTold(/other\/\*\.log: the folder .*other cannot be read \(it does not exist\)/);
    const events = here.log();
    events.write(5);
    await here.expectStored(5);
    await here.expectTold(/events\.log: found/);
    mkdirSync(here.in('other'));
    here.log('other/a.log', 'a').write(5);
    await here.expectStored(10);
  });

  it('that vanishes is told, and followed again when it comes back', async () => {
    mkdirSync(here.in('on'));
    const events = here.log('on/events.log');
    events.write(10);
    here.follow('on/*.log');
    await here.expectStored(10);
    renameSync(here.in('on'), here.in('off'));
    await here.expectTold(/on\/\*\.log: the folder .* cannot be read/);
    await here.expectTold(/events\.log vanished/);
    renameSync(here.in('off'), here.in('on'));
    events.write(10);
    await here.expectStored(20);
    expect(here.status().records).toBe(20);
    await here.expectTold(/on\/\*\.log: found/);
  });

  it('is found in several folders, by globs and as a folder, and read once if it is found twice', async () => {
    for (const folder of ['a', 'b/c', 'd']) mkdirSync(here.in(folder), { recursive: true });
    here.log('a/one.log', 'one').write(3);
    here.log('b/c/two.log', 'two').write(4);
    here.log('d/three.jsonl', 'three').write(5);
    writeFileSync(here.in('d/notes.txt'), 'no log\n');
    linkSync(here.in('a/one.log'), here.in('d/same.log'));
    here.follow(['a/*.log', '**/t*.log', 'd']);
    await here.expectStored(12);
    expect([0, 1, 2].map((i) => here.status(i)).map(({ records, files }) => [records, files])).toEqual([
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
  });

  it('that cannot be read is told, the others go on, and it is read when it can be', async () => {
    symlinkSync('loop.log', here.in('loop.log'));
    here.log('good.log', 'good').write(5);
    here.follow(['good.log', 'loop.log']);
    await here.expectTold(/loop\.log cannot be read: its symbolic links lead round in a circle/);
    await here.expectStored(5);
    expect(here.status(1).lastError?.message).toMatch(/loop\.log/);
    rmSync(here.in('loop.log'));
    here.log('loop.log', 'loop').write(2);
    await here.expectStored(7);
    expect(here.told.filter((message) => message.includes('circle'))).toHaveLength(1);
  });

  it('without permission is told, and read when there is', async () => {
    const events = here.log();
    events.write(5);
    chmodSync(here.logs, 0o755);
    chmodSync(events.path, 0);
    const isRoot = process.geteuid?.() === 0;
    // The superuser may read everything: be somebody else for a moment.
    if (isRoot) process.seteuid?.('nobody');
    try {
      here.follow('events.log');
      await here.expectTold(/events\.log cannot be read: permission denied/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    expect(here.at.store.summary().flows).toBe(0);
    chmodSync(events.path, 0o644);
    await here.expectStored(5);
  });

  it('may hold lines that are no records: they are told once and counted', async () => {
    const events = here.log();
    events.write(2);
    appendFileSync(events.path, 'nonsense\nmore of it\n');
    events.write(2);
    here.follow('events.log');
    await here.expectStored(4);
    expect(here.status()).toMatchObject({
      rejected: 2,
      lastError: { message: expect.stringContaining('nonsense') },
    });
  });
});

describe('a store that fails', () => {
  it('is told, and everything is stored when it works again', async () => {
    const events = here.log();
    events.write(10);
    here.follow('events.log');
    await here.expectStored(10);
    const pages = here.at.db.pragma('page_count', { simple: true }) as number;
    here.at.db.pragma(`max_page_count = ${pages}`);
    events.write(20_000);
    await here.expectTold(/following is held up \(.*database or disk is full/);
    here.at.db.pragma('max_page_count = 1000000');
    await here.expectStored(20_010);
    await here.expectTold(/following goes on/);
  });
});
