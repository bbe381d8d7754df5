import { afterAll, describe, expect, it } from '@jest/globals';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { overwrite } from '../support/damage-file.js';
import { flowLines, uuidOf } from '../support/run-flows.js';
import { closeLiveClients, LiveClient } from '../support/run-live.js';
import { ask, post, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until } from '../support/run-server.js';
import { smallDisks } from '../support/small-disk.js';

const [disk] = Object.values(smallDisks).flatMap((make) => make() ?? []);
afterAll(async () => {
  closeLiveClients();
  disk?.remove();
  await cleanUp();
});

/** Flows that do not compress to nothing. */
function bulkyLines(seed: string, count: number): string {
  const noise = (n: number) => Array.from({ length: 12 }, (_, i) => uuidOf(seed, n, i)).join('');
  return Array.from({ length: count }, (_, n) => flowLines(seed, 1, n, { note: noise(n) })).join('');
}

async function listening(server: { readonly url: string }): Promise<LiveClient> {
  const client = new LiveClient(server);
  await client.connect();
  await client.subscribe();
  return client;
}

const codes = (client: LiveClient) => client.troubles.map(({ code }) => code);

describe('live clients', () => {
  const test = disk === undefined ? it.skip : it;
  test(`are told once that a disk is full, and when there is room again${disk === undefined ? ' (skipped: not possible here)' : ''}`, async () => {
    const server = await startServer({ data: disk!.data });
    await store(server, flowLines('before', 200));
    const client = await listening(server);
    disk!.fill(server);
    const more = bulkyLines('more', 3_000);
    expect((await post(server, more)).status).toBe(507);
    await until(
      () => codes(client).length,
      (count) => count > 0,
    );
    const late = await listening(server);
    await until(
      () => codes(late).length,
      (count) => count > 0,
    );
    await sleep(600);
    expect(codes(client)).toEqual(['insufficient_storage']);
    expect(client.troubles[0]?.message).toContain('could not be written');
    expect(codes(late)).toEqual(['insufficient_storage']);
    disk!.free(server);
    await store(server, more);
    expect(
      await until(
        () => codes(client),
        (told) => told.length === 2,
      ),
    ).toEqual(['insufficient_storage', null]);
  });

  it('are told when the database cannot be read any more', async () => {
    const server = await startServer();
    await store(server, flowLines('before', 2_000));
    const client = await listening(server);
    const log = join(server.data, 'flowatlas.db-wal');
    overwrite(log, 1, { stretches: 1, length: statSync(log).size });
    await post(server, flowLines('after', 2_000));
    const told = await until(
      () => codes(client),
      (list) => list.includes('damaged'),
    );
    expect(told).toEqual(['damaged']);
    expect((await ask(server, '/health/live')).status).toBe(200);
  });

  it('are told of a filter that costs too much, and the others are not', async () => {
    const server = await startServer();
    const client = await listening(server);
    const filter = { 'cel-expression': '_flow.source.labels.all(a, _flow.source.labels.all(b, a != ""))' };
    const answer = await client.request('subscribe', { view: 'edges', filter });
    if ('error' in answer) throw new Error(answer.error.message);
    const labels = Array.from({ length: 400 }, (_, i) => `k8s:label-${i}=value`);
    const source = { namespace: 'shop', pod_name: 'web', labels };
    await store(server, flowLines('costly', 100, 0, { source }));
    const told = await until(
      () => client.troubles,
      (list) => list.length > 0,
    );
    expect(told).toMatchObject([{ code: 'invalid_filter', subscription: answer.subscription }]);
  });
});
