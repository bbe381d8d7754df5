import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Drops } from '../../src/drops/drops.schema.js';
import type { FlowsPage } from '../../src/flows/flows.schema.js';
import type { EdgeDetail } from '../../src/service-map/service-map.schema.js';
import type { CoverageReport } from '../../src/telemetry/coverage-report.schema.js';
import { flowLines, shop, shopFlows, uuidsIn, type Envelope } from '../support/run-flows.js';
import { ask, get, mapOf, ndjson, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

/** Holds the sample, and nothing is added to it. */
let server: Server;
const told = shop
  .toString()
  .split('\n')
  .filter((line) => line.startsWith('{"flow"'))
  .map((line) => JSON.parse(line) as Envelope);

/** A field mask took the uuid of one of them. */
function uuidOfRecord({ flow }: Envelope): string {
  return (flow as { uuid?: string }).uuid ?? '';
}

beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
});
afterAll(cleanUp);

/** Bad input is told in one form, quickly, and is never our fault. */
async function refused(
  path: string,
  status: number,
  code: string,
  field?: string,
  method = 'GET',
): Promise<ErrorBody['error']> {
  const answer = await ask<ErrorBody>(server, path, { method });
  expect({ path: path.slice(0, 200), status: answer.status, type: answer.headers['content-type'] }).toEqual({
    path: path.slice(0, 200),
    status,
    type: 'application/json; charset=utf-8',
  });
  expect(Object.keys(answer.body)).toEqual(['error']);
  expect({ code: answer.body.error.code, field: answer.body.error.field }).toEqual({ code, field });
  expect(answer.body.error.message.length).toBeGreaterThan(5);
  expect(answer.body.error.message.length).toBeLessThan(2_000);
  return answer.body.error;
}

describe('an error', () => {
  for (const path of ['flows', 'map', 'drops', 'coverage', 'status']) {
    it(`names a parameter that ${path} does not know`, async () => {
      const error = await refused(`/api/v1/${path}?form-pod=x`, 400, 'unknown_parameter', 'form-pod');
      expect(error.message).toContain('form-pod');
    });
  }

  it.each([
    ['POST', 'flows/query?verdict=DROPPED&limit=1', 'verdict'],
    ['GET', 'flows/no-such-flow?bogus=1', 'bogus'],
    ['PUT', 'ledger/no-such-edge/acknowledgement?bogus=1', 'bogus'],
    ['DELETE', 'ledger/no-such-edge/acknowledgement?bogus=1', 'bogus'],
    ...['constructor', 'prototype', '__proto__', 'toString'].map((name) => ['GET', `flows?${name}=1`, name]),
  ] as [string, string, string][])(
    'names a parameter that nobody knows: %s %s',
    async (method, path, field) => {
      const answer = await ask<ErrorBody>(server, `/api/v1/${path}`, { method });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'unknown_parameter', field } } });
    },
  );

  const filters: [query: string, field: string][] = [
    ['http-path=(', 'http-path'],
    ['http-path=(%3F%3D)', 'http-path'],
    [`http-path=${'a'.repeat(1_001)}`, 'http-path'],
    ['http-status=600', 'http-status'],
    ['http-status=abc', 'http-status'],
    ['ip=1.2.3.4/33', 'ip'],
    ['from-ip=300.1.1.1', 'from-ip'],
    ['ip=::/129', 'ip'],
    ['port=65536', 'port'],
    ['port=-1', 'port'],
    ['port=ssh', 'port'],
    ['verdict=a,b', 'verdict'],
    ['verdict=', 'verdict'],
    ['type=l8', 'type'],
    ['type=l7&type=trace:nonsense', 'type'],
    ['label=a%20in%20(', 'label'],
    ['traffic-direction=sideways', 'traffic-direction'],
    ['drop-reason-desc=BAD%20LUCK', 'drop-reason-desc'],
    ['namespace=a&from-namespace=b&from-ip=1.2.3.4', 'from-namespace'],
    ['not-http-path=(', 'http-path'],
  ];
  for (const [query, field] of filters) {
    it(`names a wrong filter: ${query.slice(0, 60)}`, async () => {
      const { body, status } = await ask<ErrorBody>(server, `/api/v1/flows?${query}`);
      expect(status).toBe(400);
      expect(body.error.code).toBe('invalid_filter');
      expect(body.error.field?.replace(/^not-/, '')).toMatch(new RegExp(`^(${field}|namespace|ip|from-ip)$`));
      expect(body.error.message.startsWith(`${body.error.field}: `)).toBe(true);
    });
  }

  const parameters: [path: string, field: string][] = [
    ['flows?since=yesterday', 'since'],
    ['flows?until=2026-13-01', 'until'],
    ['flows?since=2026-06-02&until=2026-06-01', 'since'],
    ['flows?since=1h&since=2h', 'since'],
    ['flows?cursor=xyz', 'cursor'],
    ['flows?cursor=', 'cursor'],
    ['flows?limit=0', 'limit'],
    ['flows?limit=-1', 'limit'],
    ['flows?limit=1.5', 'limit'],
    ['flows?limit=ten', 'limit'],
    ['flows?limit=10001', 'limit'],
    ['flows?limit=1e99', 'limit'],
    ['flows?order=up', 'order'],
    ['map?level=planet', 'level'],
    ['map?level=label:', 'level'],
    ['map?level=label:te%00am', 'level'],
    [`map?level=label:${'x'.repeat(64)}`, 'level'],
    ['drops?by=colour', 'by'],
    ['drops?limit=1001', 'limit'],
    ['coverage?since=bad', 'since'],
  ];
  for (const [path, field] of parameters) {
    it(`names a wrong parameter: ${path}`, async () => {
      await refused(`/api/v1/${path}`, 400, 'invalid_parameter', field);
    });
  }

  // The answer is 500.
  for (const path of [
    'flows?since=9999999999999w',
    'map?since=9999999999999w',
    'drops?until=999999999999d',
  ]) {
    it(`names a duration longer than time: ${path}`, async () => {
      const { status } = await ask(server, `/api/v1/${path}`);
      expect(status).toBeLessThan(500);
    });
  }

  it('refuses the limit zero of a stream, too', async () => {
    const { status, body } = await ask<ErrorBody>(server, '/api/v1/flows?limit=0', {
      headers: { accept: 'application/x-ndjson' },
    });
    expect({ status, field: body.error.field }).toEqual({ status: 400, field: 'limit' });
  });

  for (const path of ['/api/v1/nothing', '/nothing', '/api/v2/flows', '/api/v1/map/x', '/%00', '/api']) {
    it(`says that nothing is at ${path}`, async () => {
      await refused(path, 404, 'not_found');
    });
  }

  it('is told for a path that cannot be read', async () => {
    await refused('/api/v1/edges/%zz', 400, 'invalid_parameter');
    await refused('/api/v1/flows/%e0%a4%a', 400, 'invalid_parameter');
    await refused('/%zz', 404, 'not_found');
  });

  it('says that a flow or an edge is not there', async () => {
    await refused('/api/v1/flows/00000000-0000-4000-8000-000000000000', 404, 'not_found');
    await refused('/api/v1/flows/no-uuid', 404, 'not_found');
    await refused('/api/v1/edges/no-edge', 404, 'not_found');
    await refused(`/api/v1/edges/${encodeURIComponent('../../../etc/passwd')}`, 404, 'not_found');
    const outside = await ask(server, `/${encodeURIComponent('../../package.json')}`);
    expect(outside.status).toBeGreaterThanOrEqual(400);
    expect(outside.status).toBeLessThan(500);
  });

  for (const [method, path] of [
    ['DELETE', '/api/v1/flows'],
    ['PUT', '/api/v1/flows'],
    ['POST', '/api/v1/map'],
    ['PATCH', '/api/v1/status'],
  ] as const) {
    it(`refuses ${method} ${path}`, async () => {
      const { status, body } = await ask<ErrorBody>(server, path, { method });
      expect([404, 405]).toContain(status);
      expect(['not_found', 'method_not_allowed']).toContain(body.error.code);
    });
  }
});

describe('a hostile question', () => {
  const hostile: Record<string, string> = {
    'a pattern that backtracks': `http-path=${encodeURIComponent('(a+)+$')}`,
    'a pattern that repeats': `http-path=${encodeURIComponent('((a{1,100}){1,100}){1,100}')}`,
    'a parameter of 100 kB': `pod=${'x'.repeat(100_000)}`,
    'as many labels as a URL holds': Array.from({ length: 1_500 }, (_, i) => `label=k${i}`).join('&'),
    'ten thousand labels': Array.from({ length: 10_000 }, (_, i) => `label=k${i}`).join('&'),
    'brackets that make objects': 'verdict[$gt]=1&verdict[a][b][c]=2',
    'names of a prototype': '__proto__=1&constructor=2&hasOwnProperty=3',
    'a NUL byte': 'pod=%00&namespace=a%00b',
    'broken UTF-8': 'pod=%ff%fe',
    'a broken escape': 'pod=%zz',
    'an endless label selector': `label=${encodeURIComponent('a in ('.repeat(300))}`,
    'an old cursor of another server': `cursor=${Buffer.from('-1.999999999999999.999999999999999').toString('base64url')}`,
    'a cursor out of range': `cursor=${Buffer.from('9999999999999999999.1.1').toString('base64url')}`,
    SQL: `uuid=${encodeURIComponent("' OR 1=1 --")}&node-name=x`,
    'a time before all times': 'since=-292277-01-01T00:00:00Z',
  };
  for (const [what, query] of Object.entries(hostile)) {
    it(`gets an answer or an error at once: ${what}`, async () => {
      for (const path of ['flows', 'map', 'drops']) {
        const began = performance.now();
        // What is longer than a URL may be is cut off while it is still being sent.
        const cut = { status: 431 };
        const { status } = await ask(server, `/api/v1/${path}?${query}`).catch(() => cut);
        expect({ path, ok: status < 500, status }).toEqual({ path, ok: true, status });
        expect(performance.now() - began).toBeLessThan(20_000);
      }
      expect((await ask(server, '/health/ready')).status).toBe(200);
    });
  }
});

describe('pages of flows', () => {
  for (const order of ['desc', 'asc'] as const) {
    it(`neither shift nor repeat while new flows arrive, in the order ${order}`, async () => {
      const other = await startServer();
      await store(other, shop);
      const seen: string[] = [];
      let next: string | null = null;
      let pages = 0;
      do {
        const cursor: string = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
        const page: FlowsPage = await get(other, `/api/v1/flows?limit=50&order=${order}${cursor}`);
        seen.push(...uuidsIn(page.flows.map((flow) => JSON.stringify(flow))));
        next = page.next;
        pages++;
        await store(other, flowLines(`page ${order}`, 20, pages * 20));
        // Also some in the middle of what is being read.
        await store(
          other,
          shop
            .toString()
            .slice(0, 40_000)
            .replaceAll('"uuid":"', `"uuid":"${pages}`)
            .split('\n')
            .slice(0, -1)
            .join('\n'),
        );
      } while (next !== null);
      expect(pages).toBe(Math.ceil(shopFlows / 50));
      const inOrder = [...told].sort((a, b) => (a.time < b.time ? -1 : 1)).map(uuidOfRecord);
      if (order === 'desc') inOrder.reverse();
      expect(new Set(seen)).toEqual(new Set(inOrder));
      expect(seen).toHaveLength(shopFlows);
      expect(told.find((record) => uuidOfRecord(record) === seen[0])?.time).toBe(
        told.find((record) => uuidOfRecord(record) === inOrder[0])?.time,
      );
    });
  }

  it('hold a hundred flows unless told, newest first, and say what they rest on', async () => {
    const page = await get<FlowsPage>(server, '/api/v1/flows');
    expect(page.flows).toHaveLength(100);
    const times = page.flows.map((record) => (record as unknown as Envelope).time);
    expect(times).toEqual([...times].sort().reverse());
    expect(page.coverage).toMatchObject({ eventsLost: 37 });
  });

  it('end with next null', async () => {
    const page = await get<FlowsPage>(server, '/api/v1/flows?limit=10000');
    expect(page.flows).toHaveLength(shopFlows);
    expect(page.next).toBeNull();
  });
});

describe('streams of flows', () => {
  it('give every match as NDJSON', async () => {
    expect(new Set(uuidsIn(await ndjson(server)))).toEqual(new Set(told.map(uuidOfRecord)));
    const dropped = told.filter(({ flow }) => flow['verdict'] === 'DROPPED');
    expect((await ndjson(server, 'verdict=DROPPED')).length).toBe(dropped.length);
    expect((await ndjson(server, 'not-verdict=DROPPED')).length).toBe(shopFlows - dropped.length);
    expect((await ndjson(server, 'verdict=DROPPED&limit=3')).length).toBe(3);
  });

  it('give CSV with a header and a line for each flow', async () => {
    const { text, headers } = await ask(server, '/api/v1/flows', { headers: { accept: 'text/csv' } });
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const rows = text.split('\r\n');
    expect(rows[0]).toBe(
      'time,uuid,verdict,drop_reason,type,traffic_direction,is_reply,source,source_ip,source_port,destination,destination_ip,destination_port,protocol,l7,node',
    );
    expect(rows).toHaveLength(shopFlows + 2);
    expect(rows.at(-1)).toBe('');
    expect(rows.filter((row) => row.includes(',DROPPED,'))).toHaveLength(
      told.filter(({ flow }) => flow['verdict'] === 'DROPPED').length,
    );
  });

  it('give CSV that a spreadsheet takes for text only', async () => {
    const other = await startServer();
    const formula = '=HYPERLINK("http://evil.example","x"),\r\nnext';
    await store(
      other,
      flowLines('formula', 1, 0, { l7: { type: 'REQUEST', http: { method: formula, url: '/' } } }),
    );
    const { text } = await ask(other, '/api/v1/flows', { headers: { accept: 'text/csv' } });
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""x""),\\u000d\\u000anext /"`);
  });
});

describe('the window', () => {
  it('takes both ends, in every form', async () => {
    const inside = (from: string, to: string) => told.filter(({ time }) => time >= from && time <= to).length;
    const [from, to] = ['2026-06-01T10:03:00Z', '2026-06-01T10:05:00Z'];
    expect((await ndjson(server, `since=${from}&until=${to}`)).length).toBe(inside(from, to));
    expect((await ndjson(server, 'since=2026-06-01T10:03Z&until=2026-06-01T10:05Z')).length).toBe(
      inside(from, to),
    );
    expect(
      (await ndjson(server, `since=${encodeURIComponent('2026-06-01T12:03:00+02:00')}&until=${to}`)).length,
    ).toBe(inside(from, to));
    expect((await ndjson(server, 'since=2026-06-02')).length).toBe(0);
    const edge = told[100]?.time ?? '';
    const same = told.filter(({ time }) => time === edge).length;
    expect((await ndjson(server, `since=${edge}&until=${edge}`)).length).toBe(same);
  });

  it('counts back from now', async () => {
    expect((await ndjson(server, 'since=1h')).length).toBe(
      told.filter(({ time }) => Date.parse(time) > Date.now() - 3_600_000).length,
    );
    expect((await ndjson(server, 'since=5000w')).length).toBe(shopFlows);
  });

  it('limits the map, the drops and the coverage alike', async () => {
    const window = 'since=2026-06-01T10:00:00Z&until=2026-06-01T10:04:59Z';
    const web = ({ edges }: Awaited<ReturnType<typeof mapOf>>) =>
      edges.find(({ source, target }) => source === 'shop-eu/shop/web' && target === 'shop-eu/payments/api');
    expect(web(await mapOf(server))?.verdicts).toMatchObject({ forwarded: 6, dropped: 9 });
    expect(web(await mapOf(server, window))?.verdicts).toMatchObject({ forwarded: 6 });
    expect(web(await mapOf(server, window))?.verdicts['dropped'] ?? 0).toBe(0);
    const drops = await get<Drops>(server, `/api/v1/drops?${window}`);
    expect(drops.groups.every(({ lastSeen }) => lastSeen < '2026-06-01T10:05')).toBe(true);
    expect(drops.coverage.eventsLost).toBe(0);
    const coverage = await get<CoverageReport>(server, `/api/v1/coverage?${window}`);
    expect(coverage.nodes.every(({ lost }) => lost.length === 0)).toBe(true);
  });
});

describe('the drops of the sample', () => {
  it('are grouped by cause, most frequent first, with words and a next step', async () => {
    const drops = await get<Drops>(server, '/api/v1/drops');
    expect(drops.by).toEqual(['source', 'destination', 'port', 'reason', 'direction']);
    const cart = drops.groups.find(({ source }) => source === 'shop-eu/shop/cart');
    expect(cart).toMatchObject({
      destination: 'shop-eu/data/postgres',
      port: 5432,
      reason: 'POLICY_DENIED',
      count: 10,
    });
    const tracker = drops.groups.find(({ reason }) => reason === 'POLICY_DENY');
    expect(tracker).toMatchObject({ source: 'shop-eu/shop/checkout', destination: 'entity:world', count: 6 });
    expect(tracker?.deniedBy).toEqual([expect.stringContaining('shop/no-tracker') as unknown as string]);
    expect(drops.groups.find(({ reason }) => reason === 'L7_DENIED')?.count).toBe(3);
    expect(drops.groups.map(({ count }) => count)).toEqual(
      drops.groups.map(({ count }) => count).sort((a, b) => b - a),
    );
    expect(drops.drops).toBe(10 + 9 + 6 + 3 + 2);
    for (const { explanation, example } of drops.groups) {
      expect(explanation.words).not.toBe('');
      expect(explanation.nextStep).not.toBe('');
      expect(told).toContainEqual(example);
    }
  });

  const fields = ['reason', 'source', 'destination', 'port', 'direction', 'namespace', 'node'];
  it('are grouped by any field', async () => {
    const sums = new Set<number>();
    for (const by of [...fields, 'reason,source']) {
      const { groups, drops } = await get<Drops>(server, `/api/v1/drops?by=${by}`);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(drops);
      sums.add(drops);
    }
    expect([...sums]).toEqual([30]);
  });

  // The verdict of a packet names the policy and its drop names none: it counts in two groups, 36 in all.
  it('are as many when they are grouped by policy', async () => {
    expect((await get<Drops>(server, '/api/v1/drops?by=policy')).drops).toBe(30);
  });

  it('are cut to the most frequent, and the rest is counted', async () => {
    const { groups, groupsLeftOut } = await get<Drops>(server, '/api/v1/drops?limit=2');
    expect({ groups: groups.length, groupsLeftOut }).toEqual({ groups: 2, groupsLeftOut: 3 });
  });
});

describe('an edge in full', () => {
  it('is the edge of the map with its ends and example records', async () => {
    const { edges, nodes } = await mapOf(server);
    for (const edge of edges) {
      const detail = await get<EdgeDetail>(server, `/api/v1/edges/${encodeURIComponent(edge.id)}`);
      expect(detail.edge).toEqual(edge);
      expect(detail.source).toEqual(nodes.find(({ id }) => id === edge.source));
      expect(detail.target).toEqual(nodes.find(({ id }) => id === edge.target));
      expect(detail.examples.length).toBeGreaterThan(0);
      for (const example of detail.examples) expect(told).toContainEqual(example);
    }
  });

  for (const level of ['cluster', 'namespace', 'pod']) {
    it(`is found at the level ${level}`, async () => {
      const [edge] = (await mapOf(server, `level=${level}`)).edges;
      const detail = await get<EdgeDetail>(
        server,
        `/api/v1/edges/${encodeURIComponent(edge?.id ?? '')}?level=${level}`,
      );
      expect(detail.edge).toEqual(edge);
    });
  }
});

describe('the coverage of the sample', () => {
  it('tells for each node what came and what was lost', async () => {
    const { nodes, note } = await get<CoverageReport>(server, '/api/v1/coverage');
    expect(note).toMatch(/sampled/);
    const flowsOf = (node: string) => told.filter((record) => record.node_name === node).length;
    const named = nodes.filter(({ flows }) => flows > 0);
    expect(named.reduce((sum, { flows }) => sum + flows, 0)).toBe(shopFlows);
    for (const { node, flows } of named) expect({ node, flows }).toEqual({ node, flows: flowsOf(node) });
    const lost = nodes.filter(({ eventsLost }) => eventsLost > 0);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ eventsLost: 37 });
    expect(lost[0]?.node).toContain('worker-2');
  });
});
