import { appendFileSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Following } from '../../test/support/following.js';
import { until } from '../../test/support/run-server.js';

const here = new Following();
const WRITTEN = new Date('2024-12-21T08:00:00Z');

function printed(time: string): string {
  return `${time}: default/a-1:1100 (ID:1) -> default/b-1:80 (ID:2) to-endpoint FORWARDED (TCP Flags: SYN)\n`;
}

function write(path: string, content: string | Buffer): void {
  writeFileSync(here.in(path), content);
  utimesSync(here.in(path), WRITTEN, WRITTEN);
}

describe('printed text without a year', () => {
  const text = printed('Dec 20 10:00:01.555');

  it('is of the year in which its file was written, in a drop folder', async () => {
    mkdirSync(here.in('drop'));
    write('drop/a.txt', text);
    here.follow([], { dropFolder: here.in('drop') });
    await until(() => existsSync(here.in('drop/done/a.txt')), Boolean);
    expect(here.status().lastRecord).toBe('2024-12-20T10:00:01.555Z');
  });

  it('is of the year in which its file was written, in a followed log and in a compressed backup', async () => {
    write('events.log', text);
    write('events.log.1.gz', gzipSync(printed('Dec 19 10:00:01.555')));
    here.follow(['events.log']);
    await here.expectStored(2);
    const oldest = BigInt(Date.parse('2024-12-19T10:00:01.555Z')) * 1_000_000n;
    expect(here.at.store.summary().oldest).toBe(oldest);
    expect(here.status().lastRecord).toBe('2024-12-20T10:00:01.555Z');
  });

  it('is of the year in which it was written to a log that is followed for long', async () => {
    write('events.log', text);
    here.follow(['events.log']);
    await here.expectStored(1);
    const now = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const [, day = '', month = '', , time = ''] = now.toUTCString().split(' ');
    appendFileSync(here.in('events.log'), printed(`${month} ${day} ${time}.000`));
    await here.expectStored(2);
    expect(here.status().lastRecord).toBe(now.toISOString().replace('.000', ''));
  });
});
