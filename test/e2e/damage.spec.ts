import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { overwrite } from '../support/damage-file.js';
import { flowLines, generatedTraffic, makeFlow } from '../support/run-flows.js';
import { closeLiveClients, LiveClient } from '../support/run-live.js';
import { ask, ndjson, post, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, run, runToEnd, startServer, temporaryFolder, type Server } from '../support/run-server.js';

/** Servers whose file is damaged under them, each with a seed of its own. */
const SEEDS = Array.from({ length: Number(process.env['DAMAGE_SEEDS'] ?? 3) }, (_, i) => i + 1);
const { uuid } = makeFlow('before', 100).flow;
const questions = [
  '/api/v1/flows?limit=1000',
  '/api/v1/flows?order=asc&limit=1000',
  `/api/v1/flows/${uuid}`,
  '/api/v1/map',
  '/api/v1/map?level=namespace&verdict=DROPPED',
  '/api/v1/drops',
  '/api/v1/status',
  '/api/v1/coverage',
  '/health/ready',
];
const streams = [
  { path: '/api/v1/flows', accept: 'application/x-ndjson' },
  { path: '/api/v1/flows', accept: 'text/csv' },
  { path: '/api/v1/export', accept: 'application/x-ndjson' },
];

const folder = temporaryFolder();
let whole = '';

beforeAll(async () => {
  const server = await startServer({ data: folder });
  await store(server, generatedTraffic(4_000));
  await store(server, flowLines('before', 1_000));
  whole = join(folder, 'whole.db');
  await server.stop();
  copyFileSync(join(folder, 'flowatlas.db'), whole);
});
afterEach(closeLiveClients);
afterAll(cleanUp);

function newCopy(): string {
  const data = temporaryFolder();
  copyFileSync(whole, join(data, 'flowatlas.db'));
  return data;
}

/** Data, or the one error that says so; answers which. */
async function isAnswered(server: Server, path: string): Promise<boolean> {
  const { status, body, text } = await ask<ErrorBody>(server, path);
  if (status === 200) return true;
  // What is not found may have been in a block that is left out.
  if (status === 404 && path.endsWith(uuid)) return true;
  expect({ path, status, code: body.error.code, text }).toMatchObject({ status: 503, code: 'damaged' });
  expect(body.error.message).toMatch(/flowatlas verify.*flowatlas restore/);
  return false;
}

describe('a server whose database is overwritten under it', () => {
  it.each(SEEDS)('answers everything with data or what to do, and goes on: seed %i', async (seed) => {
    const server = await startServer({ data: newCopy() });
    overwrite(join(server.data, 'flowatlas.db'), seed, { stretches: 3 * seed });
    const client = new LiveClient(server);
    await client.connect();
    let failed = 0;
    for (let round = 0; round < 2; round++) {
      for (const path of questions) if (!(await isAnswered(server, path))) failed++;
      for (const { path, accept } of streams) {
        // What was begun is cut off, so that the receiver sees it.
        const answer = await ask(server, path, { headers: { accept } }).catch(() => undefined);
        expect([200, 503, undefined]).toContain(answer?.status);
      }
      const subscribed = await client.request('subscribe', { view: 'edges', level: 'pod' });
      if ('error' in subscribed) expect(subscribed.error.code).toBe('damaged');
      const { status, body } = await post(server, flowLines(`after ${seed}`, 500, 500 * round));
      if (status !== 200) expect([status, body.error.code]).toEqual([503, 'damaged']);
      // Flows that are held already: their keys are read from damaged blocks.
      const again = await post(server, flowLines('before', 1_000));
      if (again.status !== 200) expect([again.status, again.body.error.code]).toEqual([503, 'damaged']);
    }
    expect((await ask(server, '/health/live')).status).toBe(200);
    expect((await ask(server, '/metrics')).status).toBeLessThan(504);
    const { code, stderr } = await server.stop();
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/\n\s+at .*node_modules/);

    const verified = await runToEnd(['verify', '--data', server.data]);
    expect(verified.stderr).not.toMatch(/\n\s+at /);
    console.info(`seed ${seed}: ${failed} questions unanswered, verify ends with ${verified.code}`);
    expect(verified.code).toBe(1);

    // Whether it starts again depends on what was hit: if not, it is said in a sentence.
    const restarted = run(['serve', '--listen', '127.0.0.1:0', '--data', server.data]);
    await Promise.race([restarted.printed(/listening on/).catch(() => undefined), restarted.ended]);
    const ended = await restarted.stop();
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    if (ended.code !== 0) expect(ended.stderr).toMatch(/flowatlas verify.*flowatlas restore/);
  });

  it('is whole again when its backup was restored', async () => {
    const data = newCopy();
    overwrite(join(data, 'flowatlas.db'), 7, { stretches: 30 });
    expect((await runToEnd(['verify', '--data', data])).code).toBe(1);
    const restored = await runToEnd(['restore', whole, '--data', data, '--force']);
    expect(restored).toMatchObject({ code: 0 });
    const server = await startServer({ data });
    expect((await ndjson(server)).length).toBe(5_000);
    await server.stop();
  });
});
