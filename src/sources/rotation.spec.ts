import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
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
import { sleep, until } from '../../test/support/run-server.js';

const here = new Following();

describe('a log that is rotated', () => {
  it('by renaming while it is written loses nothing and reads nothing twice', async () => {
    const events = here.log();
    here.follow('events.log');
    for (let round = 1; round <= 12; round++) {
      for (let i = 0; i < 4; i++) {
        events.write(25);
        await sleep(20);
      }
      events.rename(here.in(`events-2026-01-01T00-00-${10 + round}.000.log`));
    }
    events.write(5);
    await here.expectStored(1205);
    expect(here.status()).toMatchObject({ records: 1205, rejected: 0, cuts: 0 });
    expect(here.told.filter((message) => message.includes('vanished'))).toEqual([]);
  });

  it('to a name that is not followed is read to its end, also what is written there late', async () => {
    const events = here.log();
    events.write(10);
    here.follow('events.log');
    await here.expectStored(10);
    events.write(10);
    events.rename(here.in('elsewhere'));
    appendFileSync(here.in('elsewhere'), logLines(10, 20));
    events.written = 30;
    events.write(10);
    await here.expectStored(40);
    appendFileSync(here.in('elsewhere'), logLines(10, 40));
    await here.expectStored(50);
    expect(here.status().records).toBe(50);
  });

  it('while the server was down is taken up in the backup', async () => {
    const events = here.log();
    events.write(10);
    here.follow('events.log');
    await here.expectStored(10);
    await here.restart(() => {
      events.write(10);
      events.rename(here.in('events.log.1'));
      events.write(10);
    });
    here.follow('events.log');
    await here.expectStored(30);
    expect(here.status().records).toBe(20);
  });

  it.each(['events-20261123.log', 'events.1.log'])(
    'while the server was down is taken up in %s',
    async (name) => {
      const events = here.log();
      events.write(10);
      here.follow('events.log');
      await here.expectStored(10);
      await here.restart(() => {
        events.write(10);
        events.rename(here.in(name));
        events.write(10);
      });
      here.follow('events.log');
      await here.expectStored(30);
      expect(here.gaps()).toEqual([]);
    },
  );

  it('behind a symbolic link is taken up in the backup that lies beside the file', async () => {
    for (const folder of ['pods/agent', 'containers']) mkdirSync(here.in(folder), { recursive: true });
    const log = here.log('pods/agent/0.log');
    symlinkSync('../pods/agent/0.log', here.in('containers/cilium-x_kube-system_cilium-agent-ab12.log'));
    log.write(10);
    here.follow('containers/cilium-*_cilium-agent-*.log');
    await here.expectStored(10);
    await here.restart(() => {
      log.write(10);
      log.rename(here.in('pods/agent/0.log.20261123-213500'));
      log.write(10);
    });
    here.follow('containers/cilium-*_cilium-agent-*.log');
    await here.expectStored(30);
    expect(here.gaps()).toEqual([]);
  });

  it('by copying and cutting off goes on in the copy and in the log, and says what that may lose', async () => {
    const events = here.log();
    events.write(200);
    here.follow('events.log');
    await here.expectStored(200);
    events.write(100);
    events.copyTruncate(here.in('events.log.1'));
    events.write(10);
    await here.expectStored(310, 3_000);
    expect(here.status()).toMatchObject({ cuts: 1, rejected: 0 });
    await here.expectTold(/events\.log was cut off .*copy-truncate/);
  });

  it('by copying while it is read in one go is stored exactly once', async () => {
    const events = here.log();
    events.write(20_000);
    here.follow('events.log');
    await until(
      () => here.at.store.summary().flows,
      (held) => held > 0,
      10_000,
      1,
    );
    events.copyTruncate(here.in('events.log.1'));
    events.write(20);
    await here.expectStored(20_020, 3_000);
  });

  it('and compressed is not read again, neither where it was read before nor after a restart', async () => {
    const events = here.log();
    events.write(500);
    here.follow('events.log');
    await here.expectStored(500);
    events.rename(here.in('events.log.1'));
    events.write(5);
    await here.expectStored(505);
    writeFileSync(here.in('events.log.1.gz'), gzipSync(readFileSync(here.in('events.log.1'))));
    rmSync(here.in('events.log.1'));
    const isNoted = () => [...here.at.store.checkpoints().values()].some((state) => state.includes('packed'));
    expect(await until(isNoted, Boolean)).toBe(true);
    await until(
      () => here.status().bytesBehind,
      (behind) => behind === 0,
    );
    expect(here.status()).toMatchObject({ records: 505, bytesBehind: 0 });
    const { bytesRead } = here.status();
    await here.restart(() => {
      renameSync(here.in('events.log.1.gz'), here.in('events.log.2.gz'));
    });
    here.follow('events.log');
    await here.expectStored(505, 2_000);
    expect(here.status()).toMatchObject({ records: 0, bytesRead: 0, bytesBehind: 0 });
    expect(bytesRead).toBeGreaterThan(0);
  });

  it('and compressed before it was read to its end is read on from there', async () => {
    const events = here.log();
    events.write(300);
    here.follow('events.log');
    await here.expectStored(300);
    await here.restart(() => {
      events.write(100);
      writeFileSync(here.in('events-2026-01-01T00-00-00.000.log.gz'), gzipSync(readFileSync(events.path)));
      rmSync(events.path);
      events.write(10);
    });
    here.follow('events.log');
    await here.expectStored(410, 1_500);
    expect(here.status().records).toBe(110);
  });

  it('into a compressed file that is cut off is told, and read when it is whole', async () => {
    here.log().write(1);
    const whole = gzipSync(logLines(2_000, 0, 'packed'));
    const path = here.in('events.log.1.gz');
    writeFileSync(path, whole.subarray(0, whole.length - 500));
    here.follow('events.log');
    await here.expectTold(/events\.log\.1\.gz cannot be read whole .*kept/);
    appendFileSync(path, whole.subarray(-500));
    await here.expectStored(2_001, 1_500);
  });
});

describe('a file that is written anew in its place', () => {
  it('is read from its beginning when it is shorter', async () => {
    const events = here.log();
    events.write(100);
    const inode = here.inodeOf(events.path);
    here.follow('events.log');
    await here.expectStored(100);
    writeFileSync(events.path, logLines(3, 0, 'anew'));
    expect(here.inodeOf(events.path)).toBe(inode);
    await here.expectStored(103);
    expect(here.status()).toMatchObject({ cuts: 1, rejected: 0 });
  });

  it('is read from its beginning when it is longer, or as long', async () => {
    const events = here.log();
    events.write(10);
    const { size } = statSync(events.path);
    here.follow('events.log');
    await here.expectStored(10);
    writeFileSync(events.path, logLines(100, 0, 'anew'));
    await here.expectStored(110);
    // What is longer now is no measure of what was there before.
    await here.expectTold(/events\.log was cut off .* read from its beginning\. What was written/);
    const line = logLines(1, 0, 'same');
    writeFileSync(events.path, line + '\n'.repeat(statSync(events.path).size - line.length));
    await here.expectStored(111);
    expect(size).toBeGreaterThan(0);
  });

  it('while the server was down is another log, whatever its inode', async () => {
    const events = here.log();
    events.write(10);
    here.follow('events.log');
    await here.expectStored(10);
    await here.restart(() => {
      writeFileSync(events.path, logLines(40, 0, 'anew'));
    });
    here.follow('events.log');
    await here.expectStored(50);
    expect(here.status().records).toBe(40);
  });

  it('with only its first lines is read again after a while, as it may hold other lines then', async () => {
    const events = here.log();
    events.write(100);
    here.follow('events.log');
    await here.expectStored(100);
    await here.restart(() => {
      writeFileSync(events.path, logLines(20) + logLines(4, 0, 'other'));
    });
    here.follow('events.log');
    await here.expectStored(104, 0);
    expect(here.status().records).toBe(24);
  });

  it('and a copy of a log that goes on in another way are not taken for the log', async () => {
    const events = here.log();
    events.write(100);
    here.follow('*.log');
    await here.expectStored(100);
    copyFileSync(events.path, here.in('copy.log'));
    appendFileSync(here.in('copy.log'), logLines(7, 0, 'copy'));
    events.write(50);
    await here.expectStored(157);
  });
});
