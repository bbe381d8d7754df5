import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import type { ServiceMapResponse } from '../../src/service-map/service-map.schema.js';
import { lines, makeFlow } from '../support/run-flows.js';
import { ask, statusOf, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

/** Each pod of one workload speaks with each of another: a map of these pods takes some 400 MB. */
const PODS = 450;
/** Of JavaScript's values, in MB. */
const HEAP = 256;
let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { NODE_OPTIONS: `--max-old-space-size=${HEAP}` } });
  await store(server, Readable.from(traffic()));
});
afterAll(cleanUp);

function* traffic(): Generator<string> {
  const numbers = Array.from({ length: PODS }, (_, i) => i);
  for (const client of numbers)
    yield lines(
      numbers.map((one) =>
        makeFlow('pair', client * PODS + one, {
          source: pod('web', client),
          destination: pod('api', one),
          IP: { source: address(1, client), destination: address(2, one), ipVersion: 'IPv4' },
        }),
      ),
    );
}

function pod(name: string, number: number): object {
  return {
    identity: 1_000,
    cluster_name: 'e2e',
    namespace: 'shop',
    pod_name: `${name}-6d4b75cb6d-hx${number}`,
    workloads: [{ name, kind: 'Deployment' }],
  };
}

function address(network: number, host: number): string {
  return `10.${network}.${host >> 8}.${host & 255}`;
}

it('a map that there is no memory for is refused, and the server goes on', async () => {
  const { status, headers, body } = await ask(server, '/api/v1/map?level=pod');
  expect({ status, ...(body as Partial<ErrorBody>).error }).toMatchObject({
    status: 503,
    code: 'unavailable',
  });
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect((await statusOf(server)).flows).toBe(PODS * PODS);
  const { body: map } = await ask(server, '/api/v1/map');
  expect(map).toMatchObject({ nodes: [{ id: 'e2e/shop/api' }, { id: 'e2e/shop/web' }], edges: [{}] });
  const few = await ask(server, '/api/v1/map?level=pod&to-pod=shop/api-6d4b75cb6d-hx449');
  expect((few.body as ServiceMapResponse).edges).toHaveLength(PODS);
});
