import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { flowsOfEdge, flowsOfNode } from '../../dashboard/src/flows/flows-of.js';
import { edgeFlags, nodeFlags } from '../../dashboard/src/panel/hubble-command.js';
import type { EdgeDetail } from '../../src/service-map/service-map.schema.js';
import { closeBrowsers, launchBrowser, openPage } from '../support/run-browser.js';
import { shop } from '../support/run-flows.js';
import { get, mapOf, store } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const PATIENCE = 60_000;
const LEVELS = ['workload', 'namespace', 'pod', 'cluster'];

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
});
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

async function count(flags: readonly (readonly [string, string])[]): Promise<number> {
  const asked = new URLSearchParams(flags.map(([name, value]): [string, string] => [name, value]));
  const { count: found } = await get<{ count: number }>(server, `/api/v1/flows/count?${asked.toString()}`);
  return found;
}

function detailOf(id: string, level: string): Promise<EdgeDetail> {
  return get(server, `/api/v1/edges/${encodeURIComponent(id)}?level=${level}`);
}

/** Every record is seen at one point. */
function recordsOf({ edge }: EdgeDetail): number {
  return Object.values(edge.points).reduce((sum, n) => sum + n, 0);
}

it.each(LEVELS)('the flows of every edge at the level %s are found, and no others', async (level) => {
  const { edges } = await mapOf(server, `level=${level}`);
  for (const { id } of edges) {
    const detail = await detailOf(id, level);
    const query = flowsOfEdge(detail.edge, detail.source, detail.target, detail.examples) ?? '';
    expect([id, await count([['q', query]])]).toEqual([id, recordsOf(detail)]);
  }
});

it.each(LEVELS)('the hubble command of every edge and node at the level %s finds flows', async (level) => {
  const { edges, nodes } = await mapOf(server, `level=${level}`);
  for (const { id } of edges) {
    const { edge, source, target, examples } = await detailOf(id, level);
    const found = await count(edgeFlags(edge, source, target, examples));
    expect([id, found]).not.toEqual([id, 0]);
  }
  for (const node of nodes) {
    const found = await count(nodeFlags(node, ''));
    expect([node.id, found]).not.toEqual([node.id, 0]);
  }
});

it('the flows of a node are all that name its pods, also where records name no workload', async () => {
  const { nodes } = await mapOf(server);
  const web = nodes.find(({ id }) => id === 'shop-eu/shop/web');
  const query = web ? (flowsOfNode(web) ?? '') : '';
  expect(await count([['q', query]])).toBe(await count([['pod', 'shop/web-']]));
});

it('"Show flows" of an edge lists its flows', async () => {
  const { edges } = await mapOf(server);
  const edge = edges.find(
    ({ source, target }) => source === 'shop-eu/shop/web' && target === 'shop-eu/payments/api',
  );
  const { page, complaints } = await openPage(
    await launchBrowser(),
    `${server.url}/?selected=${encodeURIComponent(`edge:${edge?.id}`)}`,
  );
  await page.getByTestId('panel').getByRole('button', { name: 'Show flows' }).click({ timeout: PATIENCE });
  await page.getByTestId('flow-row').first().waitFor({ timeout: PATIENCE });
  const detail = await detailOf(edge?.id ?? '', 'workload');
  expect(await page.getByTestId('flow-row').count()).toBe(recordsOf(detail));
  expect(complaints).toEqual([]);
});
