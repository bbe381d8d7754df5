import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Following } from '../../test/support/following.js';
import { logLines, type WrittenLog } from '../../test/support/log-files.js';
import { sleep, until } from '../../test/support/run-server.js';

/** More than may be open at once. */
const MANY = 300;

const here = new Following();
const names = Array.from({ length: MANY }, (_, n) => `n${n}`);
const newLogs = () => names.map((name) => here.log(`${name}.log`, name));
const writeAll = (logs: readonly WrittenLog[], lines: number) => {
  for (const log of logs) log.write(lines);
};

describe('more logs than may be open at once', () => {
  it('are read in turns, and those that wait are counted', async () => {
    const logs = newLogs();
    writeAll(logs, 2);
    here.follow('*.log');
    const { files } = await until(
      () => here.status(),
      ({ files }) => files > 0,
    );
    expect(files).toBe(MANY);
    await here.expectStored(2 * MANY);
    for (let round = 0; round < 3; round++) {
      writeAll(logs, 1);
      await sleep(300);
    }
    await here.expectStored(5 * MANY);
    expect(here.status()).toMatchObject({ files: MANY, bytesBehind: 0, records: 5 * MANY, cuts: 0 });
    expect(here.gaps()).toEqual([]);
  });

  it('wait for no log that is written without a pause, nor for one whose last line has no end', async () => {
    const logs = newLogs();
    const line = logLines(1, 1, 'half');
    for (const log of logs.slice(0, 280)) {
      log.write(1);
      appendFileSync(log.path, line.replaceAll('half-1', `${log.path}-half`).slice(0, 200));
    }
    here.follow('*.log');
    await here.expectStored(280);
    const busy = logs.slice(280);
    for (let round = 0; round < 40; round++) {
      writeAll(busy, 1);
      await sleep(50);
    }
    await here.expectStored(280 + 40 * busy.length);
    for (const log of logs.slice(0, 280)) {
      appendFileSync(log.path, line.replaceAll('half-1', `${log.path}-half`).slice(200));
    }
    await here.expectStored(560 + 40 * busy.length);
    expect(here.status()).toMatchObject({ bytesBehind: 0, rejected: 0 });
  });

  it('are read through rotation, also those that were closed meanwhile', async () => {
    const logs = newLogs();
    here.follow('*.log');
    for (let round = 0; round < 4; round++) {
      writeAll(logs, 1);
      // What is removed now was read, however busy the machine is.
      await until(
        () => here.at.store.summary().flows,
        (flows) => flows >= round * MANY,
      );
      for (const { path } of logs) {
        rmSync(`${path}.2`, { force: true });
        if (round > 0) renameSync(`${path}.1`, `${path}.2`);
        renameSync(path, `${path}.1`);
      }
    }
    await here.expectStored(4 * MANY);
    expect(here.gaps()).toEqual([]);
  });

  it('that are compressed keep none that is written from its turn', async () => {
    for (const name of names) {
      writeFileSync(here.in(`old.log-2026${name.slice(1)}.gz`), gzipSync(logLines(1, 0, name)));
    }
    const events = here.log();
    events.write(5);
    here.follow(['old.log', 'events.log']);
    const stored = () => here.status(1).stored;
    expect(await until(stored, (flows) => flows === 5, 5_000)).toBe(5);
    expect(here.status(0)).toMatchObject({ files: MANY, bytesBehind: expect.any(Number) });
    expect(here.status(0).stored).toBeLessThan(MANY);
  });
});
