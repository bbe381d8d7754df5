import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Following } from '../../test/support/following.js';
import type { WrittenLog } from '../../test/support/log-files.js';
import { until } from '../../test/support/run-server.js';

const here = new Following();

/** Longer than a file is read on after it is gone, and a compressed one is left alone. Milliseconds. */
const SETTLED = 5_000;

const backup = (number: number) => here.in(`events-2026-01-01T00-00-${10 + number}.000.log`);

/** Some flows each into as many files as there are numbers, all within one look of the follower. */
function rotate(events: WrittenLog, numbers: readonly number[]): void {
  for (const number of numbers) {
    events.rename(backup(number));
    events.write(10);
  }
}

async function followed(): Promise<WrittenLog> {
  const events = here.log();
  events.write(10);
  here.follow('events.log');
  await here.expectStored(10);
  return events;
}

async function expectNoGap(stored: number): Promise<void> {
  await here.expectStored(stored, SETTLED);
  expect(here.gaps()).toEqual([]);
  expect(here.status().gaps).toBe(0);
}

async function expectGap(): Promise<void> {
  await here.expectTold(/events\.log was rotated away faster than it could be followed, between .* are lost/);
  expect(here.gaps()).toEqual([
    { path: here.in('events.log'), from: expect.any(String), to: expect.any(String) },
  ]);
  for (const { from, to } of here.gaps()) expect(Date.parse(from)).toBeLessThan(Date.parse(to));
}

describe('a log that is rotated faster than it can be followed', () => {
  it('is told as a gap, as what came between what was read and what is left is lost', async () => {
    const events = await followed();
    rotate(events, [1, 2, 3]);
    for (const number of [1, 2]) rmSync(backup(number));
    // The one that was read, the last backup and the log.
    await here.expectStored(30);
    await expectGap();
    expect(here.status().gaps).toBe(1);
  });

  it('is none as long as the one that was read is left, under whatever name', async () => {
    const events = await followed();
    rotate(events, [1, 2, 3]);
    await expectNoGap(40);
  });

  it('is none either when that one was compressed meanwhile', async () => {
    const events = await followed();
    rotate(events, [1, 2]);
    writeFileSync(`${backup(1)}.gz`, gzipSync(readFileSync(backup(1))));
    rmSync(backup(1));
    await expectNoGap(30);
  });

  it('is none where it was only removed, and written anew', async () => {
    const events = await followed();
    rmSync(events.path);
    events.write(10);
    await expectNoGap(20);
  });

  it('while the server was down is told after its start, and remembered', async () => {
    const events = await followed();
    await here.restart(() => {
      rotate(events, [1, 2, 3]);
      for (const number of [1, 2]) rmSync(backup(number));
    });
    here.follow('events.log');
    await here.expectStored(30);
    await expectGap();
    const isNoted = () => [...here.at.store.checkpoints().keys()].some((source) => source.startsWith('gap:'));
    expect(await until(isNoted, Boolean)).toBe(true);
    await here.restart();
    here.follow('events.log');
    await here.expectStored(30);
    expect(here.gaps()).toHaveLength(1);
  });

  it('while the server was down is none where the one that was read is left', async () => {
    const events = await followed();
    await here.restart(() => {
      rotate(events, [1, 2]);
      writeFileSync(`${backup(1)}.gz`, gzipSync(readFileSync(backup(1))));
      rmSync(backup(1));
    });
    here.follow('events.log');
    await expectNoGap(30);
  });

  it('while the server was down is told where it was only replaced, as its rest lies nowhere', async () => {
    const events = await followed();
    await here.restart(() => {
      events.write(10);
      events.rename(here.in('kept-elsewhere'));
      events.write(10);
    });
    here.follow('events.log');
    await here.expectStored(20);
    await expectGap();
    await here.restart();
    here.follow('events.log');
    await here.expectStored(20);
    expect(here.gaps()).toHaveLength(1);
    expect(here.status().gaps).toBe(0);
  });

  it('while the server was down is none where it was copied and cut off', async () => {
    const events = await followed();
    await here.restart(() => {
      events.write(10);
      events.copyTruncate(here.in('events.log.1'));
      events.write(10);
    });
    here.follow('events.log');
    await expectNoGap(30);
  });

  it('while the server was down is none where all of it was moved to another file system', async () => {
    const events = await followed();
    await here.restart(() => {
      copyFileSync(events.path, here.in('copy'));
      renameSync(here.in('copy'), events.path);
    });
    here.follow('events.log');
    await expectNoGap(10);
  });

  it('is none after a start where it was gone before the stop, read to its end', async () => {
    const events = await followed();
    rmSync(events.path);
    await here.expectTold(/events\.log vanished/);
    await here.restart(() => {
      events.write(10);
    });
    here.follow('events.log');
    await expectNoGap(20);
  });
});
