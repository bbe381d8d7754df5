import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Drops } from '../../src/drops/drops.schema.js';
import { flowLines, generatedTraffic, shop } from '../support/run-flows.js';
import { closeLiveClients, LiveClient } from '../support/run-live.js';
import { get, store } from '../support/run-rest.js';
import { cleanUp, startServer, until, type Server } from '../support/run-server.js';

afterEach(async () => {
  closeLiveClients();
  await cleanUp();
});
afterAll(cleanUp);

async function connected(server: Server): Promise<LiveClient> {
  const client = new LiveClient(server);
  await client.connect();
  return client;
}

/** Waits until the client holds the drops that REST gives, and compares every field. */
async function expectSame(client: LiveClient, server: Server, query = ''): Promise<void> {
  const { groups, drops, groupsLeftOut } = await get<Drops>(server, `/api/v1/drops?${query}`);
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  const wanted = { drops, groupsLeftOut, groups: groups.sort(byId) };
  const held = () => ({ ...client.dropSums, groups: [...client.drops.values()].sort(byId) });
  await until(
    () => JSON.stringify(held()),
    (now) => now === JSON.stringify(wanted),
    30_000,
    100,
  );
  expect(held()).toEqual(wanted);
  expect(client.gaps).toBe(0);
}

const dropped = { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED' };

describe('live drops', () => {
  it('are what REST says, however they are grouped and filtered', async () => {
    const server = await startServer();
    await store(server, shop);
    const questions: [question: Parameters<LiveClient['subscribeDrops']>[0], query: string][] = [
      [{}, ''],
      [{ by: 'reason,policy' }, 'by=reason,policy'],
      [{ by: 'namespace', limit: 2 }, 'by=namespace&limit=2'],
      [{ filter: { 'traffic-direction': 'egress' } }, 'traffic-direction=egress'],
    ];
    const clients: [LiveClient, string][] = [];
    for (const [question, query] of questions) {
      const client = await connected(server);
      const { snapshot } = await client.subscribeDrops(question);
      expect(snapshot?.groups).toEqual((await get<Drops>(server, `/api/v1/drops?${query}`)).groups);
      clients.push([client, query]);
    }
    const lines = generatedTraffic(6_000).toString().trimEnd().split('\n');
    for (let at = 0; at < lines.length; at += 1_500)
      await store(server, `${lines.slice(at, at + 1_500).join('\n')}\n`);
    for (const [client, query] of clients) await expectSame(client, server, query);
  });

  it('are resumed with only what changed', async () => {
    const server = await startServer();
    await store(
      server,
      flowLines('one', 3, 0, dropped) + flowLines('two', 3, 9, { ...dropped, from: 'a/b' }),
    );
    const client = await connected(server);
    const { epoch, seq, snapshot } = await client.subscribeDrops();
    expect(snapshot?.groups).toHaveLength(2);
    await client.cut();
    await store(server, flowLines('more', 2, 20, dropped));
    await client.connect();
    const { changes } = await client.subscribeDrops({ resume: { epoch, seq } });
    expect(changes).toMatchObject({ drops: 8, groupsLeftOut: 0 });
    expect(changes?.groups).toMatchObject({ upsert: [{ source: 'e2e/shop/web', count: 5 }], remove: [] });
    await expectSame(client, server);
  });

  it('are refused with the name of what is wrong', async () => {
    const server = await startServer();
    const client = await connected(server);
    for (const [request, field] of [
      [{ by: 'colour' }, 'by'],
      [{ limit: 0 }, 'limit'],
      [{ last: 5 }, 'request'],
    ] as const) {
      const answer = await client.request('subscribe', { view: 'drops', ...request });
      expect(answer).toMatchObject({ error: { code: 'invalid_parameter', field } });
    }
  });
});
