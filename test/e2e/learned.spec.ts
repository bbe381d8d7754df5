import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EdgeDetail } from '../../src/service-map/service-map.schema.js';
import type { Level } from '../../src/domain/flow/node-identity.js';
import { pod, record } from '../support/make-flow.js';
import { get, mapOf, ndjson, store } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

type Fields = Record<string, unknown>;

const web = pod('shop/web-6c9f7b8d4-x2z4k', 'web');
const api = pod('pay/api-7d9c5b6f48-bcdfg', 'api', { labels: ['k8s:app=api'] });
const IP = { source: '10.0.1.5', destination: '10.0.2.7', ipVersion: 'IPv4' };

function at(second: number, fields: Fields): Fields {
  const time = new Date(Date.UTC(2026, 5, 1, 10, 0, second)).toISOString();
  return record({ uuid: crypto.randomUUID(), time, source: web, destination: api, IP, ...fields });
}

/** The agent on the client's node restarts, and knows for a while only the address. */
const restart = [
  at(0, {}),
  at(20, { destination: {} }),
  at(25, { destination: {}, verdict: 'DROPPED', event_type: { type: 1 }, drop_reason_desc: 'POLICY_DENIED' }),
  at(30, {
    source: {},
    destination: web,
    IP: { source: IP.destination, destination: IP.source, ipVersion: 'IPv4' },
    l4: { TCP: { source_port: 80, destination_port: 41_822, flags: { ACK: true } } },
    is_reply: true,
  }),
  at(40, { destination: {}, IP: { ...IP, destination: '10.0.2.8' } }),
];

/** The client asks for a Service; its socket is sent to a backend at once, so packets do not tell of it. */
const cart = pod('shop/cart-0', 'cart', { labels: ['k8s:app=cart'] });
const toService = {
  IP: { ...IP, destination: '10.96.0.10' },
  destination: {},
  l4: { TCP: { destination_port: 80 } },
};
const toBackend = {
  IP: { ...IP, destination: '10.0.2.9' },
  destination: cart,
  l4: { TCP: { destination_port: 8080 } },
};
const socket = (second: number, sub_type: number, fields: Fields) =>
  at(second, {
    verdict: sub_type === 1 ? 'TRACED' : 'TRANSLATED',
    Type: 'SOCK',
    event_type: { type: 7, sub_type },
    socket_cookie: '18446744073709551615',
    ...fields,
  });
const reached = [
  at(60, { ...toService, destination_service: { name: 'cart', namespace: 'shop' }, verdict: 'DROPPED' }),
  ...[70, 71, 72].flatMap((second) => [
    socket(second, 1, toService),
    socket(second, 2, toBackend),
    at(second, toBackend),
  ]),
  at(73, toService),
];

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, [...restart, ...reached].map((line) => `${JSON.stringify(line)}\n`).join(''));
});
afterAll(cleanUp);

describe('an end that Hubble left unknown', () => {
  it.each<[Level, string]>([
    ['pod', 'c/pay/api-7d9c5b6f48-bcdfg'],
    ['workload', 'c/pay/api'],
    ['namespace', 'c/pay'],
  ])(
    'is on the map the pod that was seen at its address, at level %s, and the edge says so',
    async (level, id) => {
      const { nodes, edges } = await mapOf(server, `level=${level}`);
      expect(nodes.find((node) => node.id === id)?.drops).toBe(1);
      expect(nodes.map((node) => node.id).filter((node) => node.startsWith('ip:'))).toEqual(['ip:10.0.2.8']);
      const edge = edges.find(({ target }) => target === id);
      expect(edge).toMatchObject({ inferred: ['pod'], verdicts: { forwarded: 2, dropped: 1 } });
    },
  );

  it('is unknown to filters, which are Hubble’s, and in its record', async () => {
    expect(await ndjson(server, 'pod=pay/&order=asc')).toEqual([JSON.stringify(restart[0])]);
    expect(await ndjson(server, 'order=asc')).toEqual(
      [...restart, ...reached].map((line) => JSON.stringify(line)),
    );
  });
});

describe('a Service under socket-level load balancing', () => {
  const edgeTo = async (id: string) => {
    const { edges } = await mapOf(server);
    const edge = edges.find(({ source, target }) => source === 'c/shop/web' && target === id)!;
    return get<EdgeDetail>(server, `/api/v1/edges/${edge.id}`);
  };

  it('is told by the edge to the backend, as inferred', async () => {
    const { edge, services, servicesLeftOut } = await edgeTo('c/shop/cart');
    expect(services).toEqual([{ namespace: 'shop', name: 'cart', inferred: true }]);
    expect(servicesLeftOut).toBe(0);
    expect(edge).toMatchObject({ port: 8080, verdicts: { forwarded: 3 } });
    expect(edge.inferred).toBeUndefined();
  });

  it('is who is at its address, also where a record does not name it', async () => {
    const { edge, services } = await edgeTo('service:default/shop/cart');
    expect(services).toEqual([{ namespace: 'shop', name: 'cart', inferred: false }]);
    expect(edge).toMatchObject({ verdicts: { forwarded: 1, dropped: 1 }, inferred: ['service'] });
    expect(await ndjson(server, 'service=shop/cart')).toHaveLength(1);
  });

  it('outlives the server, and so does a pod that was seen', async () => {
    const before = await mapOf(server);
    await server.stop();
    server = await startServer({ data: server.data });
    const { nodes, edges } = await mapOf(server);
    expect({ nodes, edges }).toEqual({ nodes: before.nodes, edges: before.edges });
    expect((await edgeTo('c/shop/cart')).services).toEqual([
      { namespace: 'shop', name: 'cart', inferred: true },
    ]);
  });
});
