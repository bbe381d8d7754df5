import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Level } from '../../src/domain/flow/node-identity.js';
import { pod, record } from '../support/make-flow.js';
import { mapOf, ndjson, store } from '../support/run-rest.js';
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

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, restart.map((line) => `${JSON.stringify(line)}\n`).join(''));
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
    expect(await ndjson(server, 'order=asc')).toEqual(restart.map((line) => JSON.stringify(line)));
  });
});
