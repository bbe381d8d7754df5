import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FlowGroups } from '../../src/flows/numbers.schema.js';
import type { EdgeDetail } from '../../src/service-map/service-map.schema.js';
import { exchange } from '../support/exchanges.js';
import { get, mapOf, ndjson, store } from '../support/run-rest.js';
import { cleanUp, repository, runToEnd, startServer, type Server } from '../support/run-server.js';

const exchanges = [
  exchange({ at: 0, took: 20, port: 4_001 }),
  exchange({ at: 100, took: 30, port: 4_001, status: 500 }),
  exchange({ at: 200, took: 40, port: 4_002, latency: '5000000' }),
  exchange({ at: 300, took: 50, port: 4_003, id: 'a' }),
  // The answer of this one was not recorded, and so it cannot be told whose the next one is.
  exchange({ at: 400, took: 10, port: 4_004 }).slice(0, 1),
  exchange({ at: 500, took: 10, port: 4_004 }),
  exchange({ at: 600, took: 1, port: 4_005, dns: 'api.example.com.' }),
];
const lines = exchanges.flat();
const http = { paired: 3, measured: 4, of: 5 };

let server: Server;
beforeAll(async () => {
  server = await startServer();
  // Requests and their answers come one by one, in uploads of their own.
  for (const line of lines) await store(server, line);
  expect(await store(server, lines.join('\n'))).toMatchObject({ stored: 0, duplicates: lines.length });
});
afterAll(cleanUp);

async function expectPaired(query = ''): Promise<void> {
  const { edges } = await mapOf(server, query);
  const told = edges.map(({ port, latency }) => ({ port, latency }));
  expect(told).toContainEqual({ port: 8080, latency: expect.objectContaining(http) });
  const dns = { p50: expect.closeTo(1, 1), measured: 1, paired: 1, of: 1 };
  expect(told).toContainEqual({ port: 53, latency: expect.objectContaining(dns) });
}

const window = 'since=2026-06-01T09:00:00Z&until=2026-06-01T10:00:30Z';

describe('answers that Hubble did not time', () => {
  it('are timed by their requests, on maps of everything, of windows and of filters', async () => {
    await expectPaired();
    for (const level of ['pod', 'workload', 'namespace']) await expectPaired(`level=${level}&${window}`);
    await expectPaired('from-namespace=shop&to-namespace=shop');
  });

  it('are timed by route, by group and for filters, and records are as they came', async () => {
    const edge = (await mapOf(server)).edges.find(({ port }) => port === 8080)!;
    const { http: routes } = await get<EdgeDetail>(server, `/api/v1/edges/${edge.id}`);
    expect(routes?.routes).toMatchObject([{ path: '/v1', latency: http }]);
    const { groups } = await get<FlowGroups>(server, '/api/v1/flows/groups?by=http-status&http-status=500');
    expect(groups).toMatchObject([
      { latency: { p50: expect.closeTo(30, 0), measured: 1, paired: 1, of: 1 } },
    ]);
    const slow = await ndjson(server, 'latency-min=25ms');
    expect(slow.sort()).toEqual([exchanges[1]![1], exchanges[3]![1]].sort());
    expect(await ndjson(server, 'latency-max=6ms')).toHaveLength(2);
    const cel = 'cel-expression=_flow.l7.latency_ns%20%3E%200u';
    expect(await ndjson(server, cel)).toEqual([exchanges[2]![1]]);
    expect((await ndjson(server)).sort()).toEqual([...lines].sort());
  });

  it('stay timed over a restart, in sums by hour and in merged blocks, of which verify finds all good', async () => {
    await server.stop();
    expect(await runToEnd(['compact', '--data', server.data])).toMatchObject({ code: 0 });
    const described = ['docs/read-every-flow.mjs', `${server.data}/flowatlas.db`];
    const records = execFileSync(process.execPath, described, { cwd: repository, encoding: 'utf8' });
    expect(records.trimEnd().split('\n')).toEqual(lines);
    expect(await runToEnd(['verify', '--data', server.data])).toMatchObject({ code: 0, stderr: '' });
    server = await startServer({ data: server.data });
    await expectPaired();
    await expectPaired(window);
  });
});
