import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { ManagerOptions } from 'socket.io-client';
import type { LiveError } from '../../src/live/live-events.js';
import type { Level } from '../../src/service-map/service-map.schema.js';
import { flowLines, generatedTraffic, shop } from '../support/run-flows.js';
import { closeLiveClients, LiveClient, sorted, uncompressed } from '../support/run-live.js';
import { mapOf, residentBytes, statusOf, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until, type Server } from '../support/run-server.js';

const traffic = generatedTraffic(15_000);

afterEach(async () => {
  closeLiveClients();
  await cleanUp();
});
afterAll(cleanUp);

/** Characters. */
const MOST_COMPARED = 200_000;

/** Waits until the client holds the map that REST gives, and compares every field. */
async function expectSame(client: LiveClient, server: Server, query = ''): Promise<void> {
  const map = sorted(await mapOf(server, query));
  const wanted = JSON.stringify(map);
  const held = await until(
    () => JSON.stringify(client.map()),
    (now) => now === wanted || !client.socket.connected,
    60_000,
    100,
  );
  expect(client.socket.connected).toBe(true);
  // Jest takes minutes to tell how large maps differ.
  if (held !== wanted && wanted.length > MOST_COMPARED)
    throw new Error('the client holds another map than REST');
  expect(client.map()).toEqual(map);
  expect(client.gaps).toBe(0);
}

async function connected(server: Server, options?: Partial<ManagerOptions>): Promise<LiveClient> {
  const client = new LiveClient(server, options);
  await client.connect();
  return client;
}

/** The lines of a body in some pieces, each whole lines. */
function pieces(body: Buffer, count: number): string[] {
  const all = body
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  const size = Math.ceil(all.length / count);
  return Array.from({ length: count }, (_, i) => `${all.slice(i * size, (i + 1) * size).join('\n')}\n`);
}

describe('a client that applies what it is sent', () => {
  it('holds exactly the map of REST after the sample came', async () => {
    const server = await startServer();
    const client = await connected(server);
    expect((await client.subscribe()).snapshot).toEqual({ nodes: [], edges: [] });
    for (const piece of pieces(shop, 12)) {
      await store(server, piece);
      await sleep(60);
    }
    await expectSame(client, server);
    expect(client.events.length).toBeGreaterThan(1);
  });

  it('starts from a snapshot of what is there', async () => {
    const server = await startServer();
    await store(server, shop);
    const client = await connected(server);
    const { snapshot } = await client.subscribe();
    expect(snapshot?.edges).toHaveLength((await mapOf(server)).edges.length);
    await expectSame(client, server);
  });

  it('holds exactly the map of REST at every level after the traffic of a large cluster, asked for meanwhile', async () => {
    const server = await startServer();
    const clients = new Map<string, LiveClient>();
    const grains: { level: Level; expand?: string; collapse?: string }[] = [
      ...(['cluster', 'namespace', 'workload', 'pod'] as const).map((level) => ({ level })),
      { level: 'workload', expand: 'atlas-audit/cart-api', collapse: 'atlas-mail,borealis-audit' },
    ];
    for (const grain of grains) {
      const client = await connected(server);
      await client.subscribe(grain);
      clients.set(new URLSearchParams(grain).toString(), client);
    }
    const state = { over: false };
    const asking = (async () => {
      while (!state.over) {
        await mapOf(server, 'level=namespace');
        await sleep(30);
      }
    })();
    for (const piece of pieces(traffic, 15)) await store(server, piece);
    state.over = true;
    await asking;
    for (const [query, client] of clients) await expectSame(client, server, query);
  });

  it('holds exactly what the same filter gives over REST', async () => {
    const server = await startServer();
    const filters: [filter: Record<string, string | string[]>, query: string][] = [
      [{ namespace: 'shop' }, 'namespace=shop'],
      [{ 'from-namespace': ['shop', 'payments'] }, 'from-namespace=shop&from-namespace=payments'],
      [{ verdict: 'DROPPED' }, 'verdict=DROPPED'],
      [
        { verdict: ['FORWARDED', 'REDIRECTED'], 'to-namespace': 'data' },
        'verdict=FORWARDED&verdict=REDIRECTED&to-namespace=data',
      ],
      [{ 'not-port': '53' }, 'not-port=53'],
      [{ 'http-status': '5+' }, 'http-status=5%2B'],
      [{ namespace: 'nobody' }, 'namespace=nobody'],
    ];
    const clients: [LiveClient, string][] = [];
    for (const [filter, query] of filters) {
      for (const level of ['workload', 'namespace'] as const) {
        const client = await connected(server);
        await client.subscribe({ level, filter });
        clients.push([client, `${query}&level=${level}`]);
      }
    }
    for (const piece of pieces(shop, 6)) {
      await store(server, piece);
      await sleep(100);
    }
    for (const [client, query] of clients) await expectSame(client, server, query);
  });

  it('holds several maps over one connection', async () => {
    const server = await startServer();
    const client = await connected(server);
    const first = await client.subscribe({ filter: { verdict: 'DROPPED' } });
    const second = await client.request('subscribe', { view: 'edges', level: 'namespace' });
    if ('error' in second) throw new Error(second.error.message);
    expect(second.subscription).not.toBe(first.subscription);
    await store(server, shop);
    await until(
      () => new Set(client.events.map(({ subscription }) => subscription)).size,
      (size) => size === 2,
    );
    expect(new Set(client.events.map(({ subscription }) => subscription))).toEqual(
      new Set([first.subscription, second.subscription]),
    );
  });
});

describe('a connection that is cut', () => {
  for (let round = 0; round < 3; round++) {
    it(`is resumed with what changed meanwhile, moment ${round + 1}`, async () => {
      const server = await startServer();
      const client = await connected(server);
      await client.subscribe({ level: 'pod' });
      const parts = pieces(traffic, 12);
      const importing = (async () => {
        for (const part of parts) await store(server, part);
      })();
      await until(
        () => client.events.length,
        (count) => count > round,
      );
      await client.cut();
      await sleep(100 * (round + 1));
      await client.connect();
      const { position } = client;
      const answer = await client.subscribe({ level: 'pod', resume: position! });
      expect(answer.epoch).toBe(position!.epoch);
      expect(answer.snapshot).toBeUndefined();
      expect(answer.changes).toBeDefined();
      await importing;
      await expectSame(client, server, 'level=pod');
    });
  }

  it('is resumed without any change where nothing changed', async () => {
    const server = await startServer();
    await store(server, shop);
    const client = await connected(server);
    await client.subscribe();
    await client.cut();
    await client.connect();
    const answer = await client.subscribe({ resume: client.position! });
    expect(answer.changes).toEqual({ nodes: { upsert: [], remove: [] }, edges: { upsert: [], remove: [] } });
  });

  it('gets a snapshot of another epoch after a restart of the server', async () => {
    const first = await startServer();
    await store(first, shop);
    const client = await connected(first);
    await client.subscribe();
    const { position } = client;
    await first.stop();
    const server = await startServer({ data: first.data });
    await store(server, flowLines('restart', 5));
    const again = await connected(server);
    const answer = await again.subscribe({ resume: position! });
    expect(answer.epoch).not.toBe(position!.epoch);
    expect(answer.changes).toBeUndefined();
    expect(answer.snapshot?.edges.length).toBeGreaterThan(0);
    await expectSame(again, server);
  });

  it('gets a snapshot for a position that never was', async () => {
    const server = await startServer();
    await store(server, shop);
    const client = await connected(server);
    const { epoch, seq } = await client.subscribe();
    for (const resume of [
      { epoch: 'other', seq },
      { epoch, seq: seq + 1_000 },
    ]) {
      expect((await client.subscribe({ resume })).snapshot).toBeDefined();
    }
  });
});

describe('messages', () => {
  it('chain without a gap, at most five in any second', async () => {
    const server = await startServer();
    const client = await connected(server);
    let { seq } = await client.subscribe();
    const end = Date.now() + 3_000;
    for (let i = 0; client.socket.connected && (Date.now() < end || client.events.length <= 5); i++) {
      await store(server, flowLines('rate', 3, i * 3));
      await sleep(15);
    }
    await expectSame(client, server);
    for (const { prev, seq: next, at } of client.events) {
      expect(prev).toBe(seq);
      expect(next).toBeGreaterThan(prev);
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      seq = next;
    }
    expect(client.events.length).toBeGreaterThan(5);
    // By the clock of who sends: on their way they may wait for each other.
    const sent = client.events.map(({ at }) => Date.parse(at));
    for (const first of sent) {
      expect(sent.filter((at) => at >= first && at < first + 1_000).length).toBeLessThanOrEqual(5);
    }
  });

  it('end after unsubscribe', async () => {
    const server = await startServer();
    const client = await connected(server);
    const { subscription } = await client.subscribe();
    await store(server, flowLines('before', 2));
    await until(
      () => client.events.length,
      (count) => count > 0,
    );
    expect(await client.request('unsubscribe', { subscription })).toEqual({});
    await sleep(50);
    const before = client.events.length;
    await store(server, flowLines('after', 2, 0, { to: 'shop/other' }));
    await sleep(800);
    expect(client.events.length).toBe(before);
  });

  it('of one client are all told what changed, while news keep coming', async () => {
    const server = await startServer();
    const client = await connected(server);
    const asked: string[] = [];
    for (const port of ['1', '2', '3', '4']) {
      asked.push((await client.subscribe({ filter: { 'not-port': port } })).subscription);
    }
    const told = () =>
      asked.map((id) => client.events.filter(({ subscription }) => subscription === id).length);
    const state = { over: false };
    const storing = (async () => {
      for (let round = 0; !state.over; round++)
        await store(server, flowLines(`round${round}`, 1, round * 1000));
    })();
    const each = await until(told, (counts) => counts.every((count) => count > 3));
    state.over = true;
    await storing;
    expect(Math.min(...each)).toBeGreaterThan(3);
  });

  it('are counted among the clients of the status', async () => {
    const server = await startServer();
    const client = await connected(server);
    await client.subscribe();
    expect((await statusOf(server)).liveClients).toBe(1);
    client.close();
    const after = await until(
      () => statusOf(server),
      ({ liveClients }) => liveClients === 0,
    );
    expect(after.liveClients).toBe(0);
  });
});

describe('a wrong request', () => {
  const wrong: [what: string, request: unknown, code: string, field: string | undefined][] = [
    ['no view', {}, 'invalid_parameter', 'view'],
    ['an unknown view', { view: 'everything' }, 'invalid_parameter', 'view'],
    ['an unknown level', { view: 'edges', level: 'planet' }, 'invalid_parameter', 'level'],
    ['pods expanded', { view: 'edges', level: 'pod', expand: 'x' }, 'invalid_parameter', 'expand'],
    ['an unknown filter', { view: 'edges', filter: { 'form-pod': 'x' } }, 'invalid_filter', 'form-pod'],
    ['a wrong filter', { view: 'edges', filter: { 'http-path': '(' } }, 'invalid_filter', 'http-path'],
    ['a filter that is no object', { view: 'edges', filter: 'x' }, 'invalid_parameter', 'filter'],
    ['a filter of numbers', { view: 'edges', filter: { port: 80 } }, 'invalid_filter', 'filter'],
    ['a window', { view: 'edges', filter: { since: '1h' } }, 'invalid_filter', 'since'],
    ['a position without epoch', { view: 'edges', resume: { seq: 1 } }, 'invalid_parameter', 'resume'],
  ];
  it('is answered in the acknowledgement, in the form of REST', async () => {
    const server = await startServer();
    const client = await connected(server);
    for (const [what, request, code, field] of wrong) {
      const answer = await client.request<LiveError>('subscribe', request);
      expect({ what, code: answer.error.code, field: answer.error.field }).toEqual({ what, code, field });
    }
    for (const request of [null, 'text', 7, []]) {
      expect(await client.request('subscribe', request)).toMatchObject({
        error: { code: 'invalid_parameter' },
      });
    }
    expect(await client.request('unsubscribe', {})).toMatchObject({ error: { code: 'invalid_parameter' } });
    expect(await client.request('unsubscribe', { subscription: 'none' })).toEqual({});
    expect(client.socket.connected).toBe(true);
  });

  it('is a seventeenth subscription', async () => {
    const server = await startServer();
    const client = await connected(server);
    for (let i = 0; i < 16; i++) await client.subscribe({ filter: { port: String(i + 1) } });
    expect(await client.request('subscribe', { view: 'edges' })).toMatchObject({
      error: { code: 'invalid_parameter' },
    });
  });
});

describe('a client that does not read', () => {
  it('makes no memory grow, and holds the exact map once it reads again', async () => {
    // Made before anybody is connected: a client that is held up is taken for gone.
    const [warm, usually, unread] = [2, 3, 4].map((seed) => generatedTraffic(15_000, seed)) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    const server = await startServer();
    const slow = await connected(server, uncompressed);
    await slow.subscribe({ level: 'pod' });
    // About 100 MB a load, more than the system's buffers hold on their way (some 37 MB with Linux's defaults).
    for (let other = 1; other <= 15; other++) {
      const filter = { 'not-node-name': `none-${other}` };
      expect(await slow.request('subscribe', { view: 'edges', level: 'pod', filter })).toHaveProperty('seq');
    }
    const ofFirst = () => slow.events.filter(({ subscription }) => subscription === slow.subscription).length;
    const quick = await connected(server);
    await quick.subscribe({ level: 'pod' });
    const load = async (body: Buffer) => {
      for (const piece of pieces(body, 12)) {
        const known = quick.events.length;
        await store(server, piece);
        // A message a piece: a busy machine would put more of them into one.
        await until(
          () => quick.events.length > known,
          (hasCome) => hasCome,
        );
      }
      await expectSame(quick, server, 'level=pod');
    };
    // What both need anyway is taken before it is measured.
    await load(warm);
    const first = await residentBytes(server);
    await load(usually);
    const before = await residentBytes(server);
    // Not the pause of the socket below, which a receiver that has caught up ends by itself.
    const { ws } = slow.socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };
    const [slowBefore, quickBefore] = [ofFirst(), quick.events.length];
    ws.pause();
    await load(unread);
    const usual = (before - first) / 1e6;
    const grown = ((await residentBytes(server)) - before) / 1e6;
    console.info(
      `while a client does not read the server grows by ${grown.toFixed(0)} MB, else by ${usual.toFixed(0)} MB`,
    );
    ws.resume();
    const { seq } = await mapOf(server, 'level=pod');
    await until(
      () => slow.position?.seq === seq || !slow.socket.connected,
      (isOver) => isOver,
    );
    expect(ofFirst() - slowBefore).toBeLessThan(quick.events.length - quickBefore);
    // On a busy machine all this takes longer than a client may be silent; then it is taken for gone.
    if (!slow.socket.connected) {
      await slow.connect();
      await slow.subscribe({ level: 'pod', resume: slow.position! });
    }
    await expectSame(slow, server, 'level=pod');
    expect(grown).toBeLessThan(Math.max(usual, 0) + 150);
  });
});
