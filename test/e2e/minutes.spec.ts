import { afterAll, describe, expect, it } from '@jest/globals';
import type { Drops } from '../../src/drops/drops.schema.js';
import type { MapDiffResponse } from '../../src/service-map/map-diff.schema.js';
import type { MapFramesResponse } from '../../src/service-map/map-frames.schema.js';
import type { ServiceMapResponse } from '../../src/service-map/service-map.schema.js';
import type { CoverageReport } from '../../src/telemetry/coverage-report.schema.js';
import { shop, shopFlows } from '../support/run-flows.js';
import { get, mapOf, statusOf, store } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, until, type Server } from '../support/run-server.js';

afterAll(cleanUp);

const minute = (n: number) => `2026-06-01T10:0${n}:00Z`;
const before = (n: number) => `2026-06-01T10:0${n - 1}:59.999999999Z`;
const WINDOW = `since=${minute(2)}&until=${before(7)}`;
const DIFF = `a=${minute(0)}/${before(4)}&b=${minute(5)}/${before(9)}`;

/** But for labels, which are of all time where sums tell of them. */
function drawn({ nodes, edges }: Pick<ServiceMapResponse, 'nodes' | 'edges'>) {
  return { nodes: nodes.map((node) => ({ ...node, labels: [] })), edges };
}

async function answersOf(server: Server) {
  const { frames } = await get<MapFramesResponse>(server, `/api/v1/map/frames?${WINDOW}&step=1m`);
  const diff = await get<MapDiffResponse>(server, `/api/v1/map/diff?${DIFF}`);
  const { added, removed, changed } = diff.edges;
  const { stdout } = await runToEnd([
    'map',
    '--server',
    server.url,
    '--since',
    minute(3),
    '--until',
    before(5),
  ]);
  return {
    map: drawn(await mapOf(server, WINDOW)),
    namespaces: drawn(await mapOf(server, `${WINDOW}&level=namespace`)),
    frames: frames.map(({ from, nodes, edges }) => [from, nodes.remove, edges]),
    drops: (await get<Drops>(server, '/api/v1/drops')).groups.map(({ example: _, ...group }) => group),
    diff: { added, removed, changed, minutes: [diff.a, diff.b].map(({ minutes }) => Math.round(minutes)) },
    // What it rests on is told below the table, and is another matter.
    printed: stdout.split('\n').slice(0, stdout.split('\n').findIndex((line) => / nodes, /.test(line)) + 1),
  };
}

describe('a server that keeps minutes and drops of flows that it removed', () => {
  it('answers as it did when it held them, and names the minutes', async () => {
    const first = await startServer();
    await store(first, shop);
    const answers = await answersOf(first);
    expect(answers.map.edges.length).toBeGreaterThan(0);
    expect(answers.printed.length).toBeGreaterThan(2);
    await first.stop();

    const flags = ['--keep-for', '1d', '--keep-minutes-for', '5000w', '--keep-drops-for', '5000w'];
    const server = await startServer({ data: first.data, flags });
    const { kept } = await until(
      () => statusOf(server),
      ({ flows }) => flows === 0,
      65_000,
      100,
    );
    expect(kept).toMatchObject({ removedFlows: shopFlows, hours: null });
    expect(kept.minutes).toEqual({ from: minute(0), to: '2026-06-01T10:10:00Z', missing: [] });
    expect(await answersOf(server)).toEqual(answers);

    const drops = await get<Drops>(server, '/api/v1/drops');
    expect(drops.groups.map(({ example }) => example)).toEqual(answers.drops.map(() => null));
    const { flows = 0, from, to } = drops.removed ?? {};
    expect(flows).toBeGreaterThanOrEqual(drops.drops);
    const words = await runToEnd(['drops', '--server', server.url]);
    expect(words.stdout).toContain(`${flows} dropped flows from ${from} to ${to} no longer held`);
    expect(await get(server, '/api/v1/drops?verdict=DROPPED')).toMatchObject({ drops: 0, removed: null });

    const minutes = { from: minute(2), to: minute(7), missing: [] };
    expect(await mapOf(server, WINDOW)).toMatchObject({ hours: null, minutes });
    expect(await get<CoverageReport>(server, `/api/v1/coverage?${WINDOW}`)).toMatchObject({ minutes });
    const part = `since=2026-06-01T10:02:30Z&until=${minute(4)}`;
    expect((await mapOf(server, part)).minutes).toEqual({ ...minutes, from: minute(3), to: minute(4) });
    const [edge] = answers.map.edges;
    expect(await get(server, `/api/v1/edges/${edge?.id}?${WINDOW}`)).toMatchObject({
      edge,
      minutes,
      examples: [],
    });
    expect((await mapOf(server)).minutes).toBeNull();
    const { stdout } = await runToEnd([
      'map',
      '--server',
      server.url,
      '--since',
      minute(3),
      '--until',
      before(5),
    ]);
    expect(stdout).toContain(`${minute(3)} to ${minute(5)} is told by sums by minute`);
    await server.stop();
    expect(await runToEnd(['verify', '--data', server.data])).toMatchObject({ code: 0, stderr: '' });
  }, 120_000);
});
