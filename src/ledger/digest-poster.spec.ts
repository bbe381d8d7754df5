import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openIngest } from '../../test/support/ingest-pair.js';
import { jsonText } from '../../test/support/json-text.js';
import { newFlow, pod, record } from '../../test/support/make-flow.js';
import { until } from '../../test/support/run-server.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { DigestPoster } from './digest-poster.js';
import type { SlackMessage } from './digest-words.js';

const newFolder = temporaryFolders();
const DAY = 86_400_000;
/** Nanoseconds since 1970. */
const at = (hour: number) => BigInt(Date.UTC(2026, 5, 1, hour)) * 1_000_000n;

let hook: Server;
let posted: string[];
let answer: number;
/** Milliseconds until the other side answers. */
let delay: number;
beforeEach(async () => {
  posted = [];
  answer = 200;
  delay = 0;
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push((JSON.parse(body) as SlackMessage).text);
      setTimeout(() => response.writeHead(answer).end(), delay).unref();
    });
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
});
afterEach(() => {
  hook.close();
  hook.closeAllConnections();
});

/** A folder with an edge for each server, first seen at that hour. */
async function folderWith(servers: Record<string, number>): Promise<string> {
  const folder = newFolder();
  const { writer, close } = openSqlite(folder);
  for (const [name, hour] of Object.entries(servers)) {
    const time = new Date(Number(at(hour) / 1_000_000n)).toISOString();
    writer.append(newFlow(jsonText(record({ uuid: crypto.randomUUID(), time, destination: pod(name) }))));
  }
  await close();
  return folder;
}

/** As a server runs it, until what is waited for has come. */
async function serve<T>(
  folder: string,
  use: (opened: Awaited<ReturnType<typeof openIngest>>, start: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const opened = await openIngest(folder);
  const { port } = hook.address() as AddressInfo;
  const settings = { webhook: `http://127.0.0.1:${port}/hook`, every: DAY };
  const poster = new DigestPoster(opened.store, opened.ingest, settings);
  try {
    return await use(opened, () => poster.onApplicationBootstrap());
  } finally {
    await poster.onModuleDestroy();
    await opened.close();
  }
}

describe('a digest that is posted from time to time', () => {
  it('comes at once when its time passed while no server ran, and tells what came since the last one, once', async () => {
    const folder = await folderWith({ 'pay/old-0': 1, 'pay/new-0': 5 });
    const last = await serve(folder, async ({ ingest, store }, start) => {
      await ingest.noteDigest({ at: Date.now() - DAY, until: at(4) });
      await start();
      return until(
        () => store.postedDigest(),
        (noted) => noted?.until === at(5) + 1n,
      );
    });
    expect(posted).toEqual(['Flowatlas: New: 1']);
    // A start puts nothing forward, however many there are.
    await serve(folder, async ({ ingest, store }, start) => {
      await start();
      expect(store.postedDigest()).toEqual(last);
      await ingest.noteDigest({ at: 0, until: last!.until });
    });
    expect(posted).toHaveLength(1);
    await serve(folder, async ({ store }, start) => {
      await start();
      await until(
        () => store.postedDigest()?.at,
        (noted) => noted !== 0,
      );
    });
    expect(posted).toEqual(['Flowatlas: New: 1', 'Flowatlas: nothing new']);
  });

  it('is not noted when the other side did not take it', async () => {
    const folder = await folderWith({ 'pay/new-0': 5 });
    answer = 500;
    await serve(folder, async ({ ingest, store }, start) => {
      await ingest.noteDigest({ at: 7, until: at(4) });
      await start();
      await until(
        () => posted.length,
        (count) => count > 0,
      );
      expect(store.postedDigest()).toEqual({ at: 7, until: at(4) });
    });
  });

  it('begins with the first start, and is not put off by later ones', async () => {
    const folder = await folderWith({ 'pay/old-0': 1 });
    const before = Date.now();
    const first = await serve(folder, async ({ store }, start) => {
      await start();
      return store.postedDigest();
    });
    expect(first!.at).toBeGreaterThanOrEqual(before);
    expect(first!.until).toBe(BigInt(first!.at) * 1_000_000n);
    await serve(folder, async ({ store }, start) => {
      await start();
      expect(store.postedDigest()).toEqual(first);
    });
    expect(posted).toEqual([]);
  });

  /** Ends while the other side has not answered, and gives what is noted by then. */
  const endedWhilePosting = async () => {
    const folder = await folderWith({ 'pay/new-0': 5 });
    await serve(folder, async ({ ingest }, start) => {
      await ingest.noteDigest({ at: 7, until: at(4) });
      await start();
      await until(
        () => posted.length,
        (count) => count > 0,
      );
    });
    const { store, close } = await openIngest(folder);
    const noted = store.postedDigest();
    await close();
    return noted;
  };

  it('is noted where the server ends while it is taken, and not told again', async () => {
    delay = 300;
    expect(await endedWhilePosting()).toMatchObject({ until: at(5) + 1n });
  });

  it('keeps no server from its end for long', async () => {
    delay = 60_000;
    const begun = performance.now();
    expect(await endedWhilePosting()).toEqual({ at: 7, until: at(4) });
    expect(performance.now() - begun).toBeLessThan(8_000);
  });

  it('has nowhere to go without a webhook', async () => {
    const { store, ingest, close } = await openIngest(newFolder());
    const poster = new DigestPoster(store, ingest, { webhook: undefined, every: DAY });
    await expect(poster.post(0n)).rejects.toMatchObject({ code: 'not_found' });
    await close();
  });
});
