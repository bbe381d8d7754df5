import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import type { Drops } from '../../src/drops/drops.schema.js';
import { LiveDrops, LiveFlows, LiveMap, type LiveSocket } from '../../src/live/live-client.js';
import { flowLines, makeFlow, shop } from '../support/run-flows.js';
import { get, mapOf, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until, type Server } from '../support/run-server.js';

const sockets = new Set<LiveSocket>();
afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  await cleanUp();
});
afterAll(cleanUp);

function connect(server: Server): LiveSocket {
  const socket: LiveSocket = io(`${server.url}/live`, { forceNew: true, reconnectionDelay: 300 });
  sockets.add(socket);
  return socket;
}

const sorted = <T extends { id: string }>(items: Iterable<T>) =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
const held = ({ nodes, edges }: LiveMap) => ({
  nodes: sorted(nodes.values()),
  edges: sorted(edges.values()),
});

async function expectSame(map: LiveMap, server: Server, query = ''): Promise<void> {
  const { nodes, edges, seq } = await mapOf(server, query);
  await until(
    () => map.seq,
    (now) => now === seq,
  );
  expect(held(map)).toEqual({ nodes: sorted(nodes), edges: sorted(edges) });
}

const uuidsOf = (records: readonly unknown[]) =>
  records.map((record) => (record as { flow: { uuid: string } }).flow.uuid);
const uuids = (seed: string, count: number) =>
  Array.from({ length: count }, (_, i) => makeFlow(seed, i).flow.uuid);

describe('the typed client', () => {
  it('holds the map of REST, and after a cut is told only what changed', async () => {
    const server = await startServer();
    await store(server, shop);
    const socket = connect(server);
    const told: (string | null)[] = [];
    const question = { level: 'namespace', filter: { 'not-port': '53' } } as const;
    const map = new LiveMap(socket, question, { onChange: (at) => told.push(at) });
    const query = 'level=namespace&not-port=53';
    await expectSame(map, server, query);
    expect(told).toEqual([null]);
    await store(server, flowLines('one', 3));
    await expectSame(map, server, query);
    expect(told.at(-1)).toMatch(/^\d{4}-/);

    const received: string[] = [];
    socket.on('connect', () => {
      socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
        if (typeof data === 'string') received.push(data);
      });
    });
    const untouched = map.edges;
    socket.io.engine.close();
    await store(server, flowLines('two', 3, 9, { from: 'new/client' }));
    await expectSame(map, server, query);
    expect(map.edges).not.toBe(untouched);
    const [answer = ''] = received.filter((text) => text.includes('"changes"'));
    expect(JSON.parse(answer.slice(answer.indexOf('[')))).toMatchObject([
      { changes: { edges: { upsert: [{ source: 'e2e/new' }], remove: [] } } },
    ]);
    expect(received.filter((text) => text.includes('"snapshot"'))).toEqual([]);
  });

  it('asks again where something was missed', async () => {
    const server = await startServer();
    const socket = connect(server);
    const map = new LiveMap(socket);
    await expectSame(map, server);
    const { listeners } = { listeners: socket.listeners('edges') };
    socket.off('edges');
    await store(server, flowLines('missed', 2));
    await sleep(600);
    for (const listener of listeners) socket.on('edges', listener);
    expect(map.edges.size).toBe(0);
    await store(server, flowLines('heard', 2, 5, { to: 'data/db' }));
    await expectSame(map, server);
    expect(map.edges.size).toBe(2);
  });

  it('stands still while it is paused, counts what waits, and catches up', async () => {
    const server = await startServer();
    const socket = connect(server);
    const [map, flows, drops] = [new LiveMap(socket), new LiveFlows(socket), new LiveDrops(socket)];
    const views = [map, flows, drops];
    await until(
      () => views.every(({ seq }) => seq !== undefined),
      (all) => all,
    );
    for (const view of views) view.pause();
    await store(
      server,
      flowLines('held', 3) + flowLines('more', 2, 9, { to: 'data/db', verdict: 'DROPPED' }),
    );
    const waiting = await until(
      () => views.map((view) => view.waiting),
      (counts) => counts.join() === '2,5,1',
    );
    expect(waiting).toEqual([2, 5, 1]);
    expect([map.edges.size, flows.records.length, drops.drops]).toEqual([0, 0, 0]);
    socket.io.engine.close();
    await until(
      () => socket.connected,
      (connected) => connected,
    );
    for (const view of views) view.resume();
    await expectSame(map, server);
    await until(
      () => flows.records.length,
      (count) => count === 5,
    );
    const caughtUp = await until(
      () => drops.drops,
      (count) => count === 2,
    );
    expect([views.map((view) => view.waiting), caughtUp]).toEqual([[0, 0, 0], 2]);
  });

  it('holds the newest flows, what was left out, and drops by cause', async () => {
    const server = await startServer();
    await store(server, flowLines('past', 4));
    const socket = connect(server);
    const flows = new LiveFlows(socket, { last: 2 }, {}, 3);
    const few = new LiveFlows(socket, { filter: { verdict: 'DROPPED' } });
    const drops = new LiveDrops(socket, { by: 'source,reason' });
    await until(
      () => [flows, few, drops].every(({ seq }) => seq !== undefined),
      (all) => all,
    );
    expect(uuidsOf(flows.records)).toEqual(uuids('past', 4).slice(2));
    await store(server, flowLines('dropped', 200, 0, { verdict: 'DROPPED' }));
    await until(
      () => few.records.length + few.skipped,
      (count) => count === 200,
    );
    expect(few.skipped).toBeGreaterThan(0);
    expect(uuidsOf(flows.records)).toEqual(uuids('dropped', 200).slice(-3));
    const { groups } = await get<Drops>(server, '/api/v1/drops?by=source,reason');
    await until(
      () => drops.drops,
      (count) => count === 200,
    );
    expect([...drops.groups.values()]).toEqual(groups);
  });

  it('keeps a subscription until the last view of it is closed, and says what is refused', async () => {
    const server = await startServer();
    const socket = connect(server);
    const errors: unknown[] = [];
    const wrong = new LiveMap(
      socket,
      { filter: { bogus: 'x' } },
      { onError: (error) => errors.push(error?.code) },
    );
    const [first, second] = [new LiveMap(socket), new LiveMap(socket)];
    await expectSame(first, server);
    await expectSame(second, server);
    first.close();
    wrong.close();
    await store(server, flowLines('one', 1));
    await expectSame(second, server);
    expect([first.edges.size, errors]).toEqual([0, ['invalid_filter']]);
  });
});
