import { afterEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { Status } from '../../src/telemetry/status.schema.js';
import { flowLines } from '../support/run-flows.js';
import { ask, get, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, temporaryFolder, until, type Server } from '../support/run-server.js';

afterEach(cleanUp);

describe.each(['writing', 'keeping'] as const)('a server whose %s thread dies', (thread) => {
  it('tells who waits and who comes, goes on to answer, and has lost nothing', async () => {
    const { server, die } = await startMortal(thread);
    expect((await store(server, flowLines('before', 20))).stored).toBe(20);
    const unfinished = new Readable({ read: () => undefined });
    unfinished.push(flowLines('under way', 1));
    const waiting = ask<ErrorBody>(server, '/api/v1/flows', { method: 'POST', body: unfinished });
    await until(
      () => get<Status>(server, '/api/v1/status'),
      ({ flows }) => flows === 21,
    );
    die();
    expect(
      (
        await until(
          () => ask(server, '/health/ready'),
          ({ status }) => status !== 200,
        )
      ).status,
    ).toBe(503);
    unfinished.push(null);
    const behind = await ask<ErrorBody>(server, '/api/v1/flows', {
      method: 'POST',
      body: flowLines('behind', 1),
    });
    for (const { status, body } of [await waiting, behind]) {
      expect(status).toBe(503);
      expect(body.error.message).toBe('the writing thread died (told to); restart the server');
    }
    expect(await get(server, '/api/v1/status')).toMatchObject({ flows: 21 });
    await server.stop();

    const again = await startServer({ data: server.data });
    expect(await store(again, flowLines('before', 20))).toMatchObject({ stored: 0, duplicates: 20 });
  });
});

/** A server of which one thread throws what nobody expects, at a time of our choice. */
async function startMortal(thread: 'writing' | 'keeping'): Promise<{ server: Server; die: () => void }> {
  const folder = temporaryFolder();
  const [fate, order] = [join(folder, 'fate.mjs'), join(folder, 'die')];
  writeFileSync(
    fate,
    `import { existsSync } from 'node:fs';
     import { isMainThread, workerData } from 'node:worker_threads';
     // Only the writing thread is told how much is kept.
     if (!isMainThread && 'limits' in Object(workerData) === ${thread === 'writing'})
       setInterval(() => {
         if (existsSync(${JSON.stringify(order)})) throw new Error('told to');
       }, 10).unref();`,
  );
  const server = await startServer({ env: { NODE_OPTIONS: `--import=${pathToFileURL(fate).href}` } });
  return {
    server,
    die: () => {
      writeFileSync(order, '');
    },
  };
}
