import { afterAll, describe, expect, it } from '@jest/globals';
import type { EdgeDetail } from '../../src/service-map/service-map.schema.js';
import { get, mapOf, store } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer } from '../support/run-server.js';

afterAll(cleanUp);

function request(path: string, second: number): string {
  const time = `2026-06-01T10:00:${String(second).padStart(2, '0')}Z`;
  return JSON.stringify({
    flow: {
      time,
      verdict: 'FORWARDED',
      node_name: 'n',
      is_reply: false,
      Type: 'L7',
      source: { namespace: 'shop', pod_name: 'web-1', workloads: [{ name: 'web', kind: 'Deployment' }] },
      destination: {
        namespace: 'shop',
        pod_name: 'cart-1',
        workloads: [{ name: 'cart', kind: 'Deployment' }],
      },
      l4: { TCP: { source_port: 4_000 + second, destination_port: 80 } },
      l7: { type: 'REQUEST', http: { method: 'GET', url: `http://cart${path}` } },
    },
    node_name: 'n',
    time,
  });
}

describe('serve --route', () => {
  it('counts paths under the routes that were given, and learns the others', async () => {
    const server = await startServer({ flags: ['--route', '/users/{name}', '--route', 'GET /files/*'] });
    const paths = ['/users/anna', '/users/bob?x=1', '/files/a/b', '/orders/4711', '/users/anna/orders'];
    await store(server, paths.map(request).join('\n'));
    const [edge] = (await mapOf(server)).edges;
    for (const window of ['', '?since=2026-06-01T10:00&until=2026-06-01T11:00']) {
      const { http } = await get<EdgeDetail>(server, `/api/v1/edges/${edge?.id ?? ''}${window}`);
      const told = http?.routes.map(({ path, requests, pinned }) => ({ path, requests, pinned }));
      expect(told).toEqual([
        { path: '/users/{name}', requests: 2, pinned: true },
        { path: '/files/*', requests: 1, pinned: true },
        { path: '/orders/{id}', requests: 1 },
        { path: '/users/anna/orders', requests: 1 },
      ]);
    }
  });

  it('does not start with a template that fits nothing', async () => {
    const { code, stderr } = await runToEnd(['serve', '--check'], { env: { FLOWATLAS_ROUTE: '/users/:id' } });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'FLOWATLAS_ROUTE (--route): "/users/:id": segment 2, ":id", has to be written {id}',
    );
  });
});
