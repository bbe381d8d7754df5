import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { ManagerOptions } from 'socket.io-client';
import { flowLines, generatedTraffic } from '../support/run-flows.js';
import { closeLiveClients, LiveClient, uncompressed } from '../support/run-live.js';
import { residentBytes, statusOf, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until, type Server } from '../support/run-server.js';

/** What 35 messages of a megabyte for 15 subscriptions would take, if they were kept. */
const KEPT = 35 * 15 * 1e6;
/** What the server may grow by for other reasons than this client, such as garbage that is not collected yet. */
const ELSE = 100e6;

afterEach(async () => {
  closeLiveClients();
  await cleanUp();
});
afterAll(cleanUp);

async function connected(server: Server, options?: Partial<ManagerOptions>): Promise<LiveClient> {
  const client = new LiveClient(server, options);
  await client.connect();
  return client;
}

/** Of its connection itself, so that the system's buffers fill up. */
function reading(client: LiveClient): { pause(): void; resume(): void } {
  return (client.socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }).ws;
}

describe('a client that does not read', () => {
  it('makes no memory grow with flows and drops, and is told how much it missed', async () => {
    const server = await startServer();
    const client = await connected(server, uncompressed);
    const filters = Array.from({ length: 15 }, (_, i) => ({ 'not-node-name': `none-${i}` }));
    for (const filter of filters) await client.subscribeFlows({ filter });
    await client.subscribeDrops({ by: 'source' });
    const note = 'x'.repeat(10_000);
    const piece = (round: number) =>
      flowLines('bulky', 100, round * 100, { note, verdict: 'DROPPED', from: `shop/web${round}` });
    const told = () => client.flows.reduce((sum, { records, skipped }) => sum + records.length + skipped!, 0);
    // What everybody needs is taken before it is measured.
    for (let round = 0; round < 10; round++) await store(server, piece(round));
    await until(told, (count) => count === 15 * 1_000);
    const before = await residentBytes(server);
    reading(client).pause();
    for (let round = 10; round < 45; round++) {
      await store(server, piece(round));
      await sleep(260);
    }
    const grown = (await residentBytes(server)) - before;
    console.info(`the server grew by ${(grown / 1e6).toFixed(0)} MB`);
    expect(grown).toBeLessThan(KEPT / 2);
    reading(client).resume();
    expect(await until(told, (count) => count === 15 * 4_500)).toBe(15 * 4_500);
    expect(
      await until(
        () => client.dropSums.drops,
        (drops) => drops === 4_500,
      ),
    ).toBe(4_500);
    expect([client.drops.size, client.gaps]).toEqual([45, 0]);
  });

  it('is answered one request after another, and cut off where it has too many', async () => {
    const server = await startServer();
    await store(server, generatedTraffic(10_000));
    const client = await connected(server);
    const first = await client.request('subscribe', { view: 'edges', level: 'pod' });
    const size = JSON.stringify(first).length;
    expect(60 * size).toBeGreaterThan(1.5 * ELSE);
    const before = await residentBytes(server);
    reading(client).pause();
    const answers = Array.from({ length: 60 }, () =>
      client.socket.emitWithAck('subscribe', { view: 'edges', level: 'pod' }),
    );
    await sleep(2_000);
    const grown = (await residentBytes(server)) - before;
    console.info(`the server grew by ${(grown / 1e6).toFixed(0)} MB for 60 answers of ${size} bytes`);
    expect(grown).toBeLessThan(ELSE);
    reading(client).resume();
    for (const answer of await Promise.all(answers)) expect(answer).toHaveProperty('snapshot');

    // While it does not read, the first answer is not gone, and the others wait for it.
    reading(client).pause();
    for (let i = 0; i < 80; i++) {
      client.socket.emit('subscribe', { view: 'edges', level: 'pod' }, () => undefined);
    }
    await sleep(2_000);
    reading(client).resume();
    const { liveClients } = await until(
      () => statusOf(server),
      (status) => status.liveClients === 0,
    );
    expect(liveClients).toBe(0);
  });
});
