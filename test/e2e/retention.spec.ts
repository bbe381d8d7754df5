import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { CoverageReport } from '../../src/telemetry/coverage-report.schema.js';
import { lines, makeFlow } from '../support/run-flows.js';
import { closeLiveClients, LiveClient, sorted } from '../support/run-live.js';
import { ask, get, mapOf, ndjson, statusOf, store } from '../support/run-rest.js';
import { cleanUp, startServer, until, type Server } from '../support/run-server.js';

afterEach(async () => {
  closeLiveClients();
  await cleanUp();
});
afterAll(cleanUp);

const DAY = 86_400_000;
const MEGABYTE = 1 << 20;

/** Flows of some time ago, from a client of their own, with so much that does not compress. */
function flowsOf(name: string, count: number, ago: number, kilobytes = 0): string {
  const start = Date.now() - ago;
  return lines(
    Array.from({ length: count }, (_, i) => {
      const time = new Date(start + i).toISOString();
      const Summary = randomBytes(kilobytes * 768).toString('base64');
      const record = makeFlow(name, i, { from: `shop/${name}`, time, Summary });
      return { ...record, time };
    }),
  );
}

/** What is told live, by GET /map, and what the flows that are held say. */
async function expectOneMap(server: Server, client: LiveClient, clients: readonly string[]): Promise<void> {
  const whole = await mapOf(server);
  const { flows } = await statusOf(server);
  const live = await until(
    () => client.map(),
    ({ nodes }) => nodes.length === whole.nodes.length,
  );
  expect(live).toEqual(sorted(whole));
  expect(whole.nodes.map(({ name }) => name).sort()).toEqual([...clients, 'cart'].sort());
  expect(whole.edges.reduce((sum, { verdicts }) => sum + (verdicts['forwarded'] ?? 0), 0)).toBe(flows);
  expect(await ndjson(server)).toHaveLength(flows);
}

describe('a server that keeps flows for a time', () => {
  it('removes older ones, says so everywhere, and counts on after a restart', async () => {
    const server = await startServer({ flags: ['--keep-for', '2d', '--log', 'log'] });
    const client = new LiveClient(server);
    await store(server, flowsOf('fresh', 50, DAY));
    await client.subscribe();
    await store(server, flowsOf('stale', 70, 3 * DAY));
    const { kept } = await until(
      () => statusOf(server),
      (status) => status.kept.removedFlows > 0,
      65_000,
      100,
    );
    expect(kept).toMatchObject({ removedFlows: 70, removedEvents: 0 });
    expect(Date.now() - Date.parse(kept.since ?? '')).toBeGreaterThan(2.9 * DAY);
    await expectOneMap(server, client, ['fresh']);
    expect(client.gaps).toBe(0);

    const all = await get<CoverageReport>(server, '/api/v1/coverage');
    expect(all.keptSince).toBe(kept.since);
    const since = new Date(Date.now() - 2 * DAY).toISOString();
    expect((await get<CoverageReport>(server, `/api/v1/coverage?since=${since}`)).keptSince).toBeNull();
    const { text } = await ask(server, '/metrics');
    expect(text).toMatch(/^flowatlas_flows_removed_total 70$/m);
    expect(text).toMatch(/^flowatlas_flows_stored_total 120$/m);
    const { stdout, stderr } = await server.stop();
    expect(stdout + stderr).toMatch(/removed 70 flows and 0 events, the newest of /);

    const again = await startServer({ data: server.data });
    expect((await statusOf(again)).kept).toEqual(kept);
    await store(again, flowsOf('stale', 1, 3 * DAY));
    expect((await mapOf(again)).seq).toBe(121);
  }, 90_000);
});

describe('a server that keeps its database below a size', () => {
  it('removes the first that came while it stores, and reads go on', async () => {
    const server = await startServer({ flags: ['--keep-bytes', '8MiB'] });
    const client = new LiveClient(server);
    await client.subscribe();
    const limit = 8 * MEGABYTE;
    let stored = 0;
    const pages: Promise<unknown>[] = [];
    for (let batch = 0; batch < 20; batch++) {
      stored += (await store(server, flowsOf(`client${batch}`, 100, 60_000, 16))).stored;
      pages.push(get(server, '/api/v1/flows?limit=100'), mapOf(server), get(server, '/api/v1/drops'));
    }
    await Promise.all(pages);
    expect(stored).toBe(2_000);
    const size = () =>
      statSync(join(server.data, 'flowatlas.db')).size + statSync(join(server.data, 'flowatlas.db-wal')).size;
    expect(await until(size, (bytes) => bytes <= limit)).toBeLessThanOrEqual(limit);
    const { flows, kept, bytesOnDisk } = await statusOf(server);
    expect(bytesOnDisk).toBeLessThanOrEqual(limit);
    expect(flows + kept.removedFlows).toBe(2_000);
    expect(flows).toBeGreaterThan(100);
    const names = new Set((await mapOf(server)).nodes.map(({ name }) => name));
    expect(names.has('client0')).toBe(false);
    expect(names.has('client19')).toBe(true);
    names.delete('cart');
    await expectOneMap(server, client, [...names]);

    await server.stop();
    const again = await startServer({ data: server.data });
    expect((await statusOf(again)).flows).toBe(flows);
    expect(sorted(await mapOf(again)).edges).toEqual(client.map().edges);
  });
});
