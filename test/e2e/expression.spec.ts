import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Drops } from '../../src/drops/drops.schema.js';
import type { FlowCount, FlowHints } from '../../src/flows/numbers.schema.js';
import type { ServiceMapResponse } from '../../src/service-map/service-map.schema.js';
import { shop, shopFile, uuidsIn } from '../support/run-flows.js';
import { closeLiveClients, LiveClient, sorted } from '../support/run-live.js';
import { ask, get, mapOf, ndjson, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, type Server } from '../support/run-server.js';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
});
afterAll(async () => {
  closeLiveClients();
  await cleanUp();
});

const q = (expression: string) => `q=${encodeURIComponent(expression)}`;
const found = async (query: string) => uuidsIn(await ndjson(server, query));

describe('an expression', () => {
  it.each([
    ['verdict = DROPPED', 'verdict=DROPPED'],
    ['not verdict = DROPPED', 'not-verdict=DROPPED'],
    ['verdict in (DROPPED, AUDIT) and to-port = 5432', 'verdict=DROPPED&verdict=AUDIT&to-port=5432'],
    ['http-status >= 500', 'http-status=5%2B'],
    ['http-path ~ ^/cart', 'http-path=%5E/cart'],
    ['from-pod = shop/web and not (verdict = DROPPED or protocol = http)', undefined],
  ])('passes what the filters of flags pass: %s', async (expression, filters) => {
    const told = await found(q(expression));
    expect(told.length).toBeGreaterThan(0);
    if (filters !== undefined) expect(told).toEqual(await found(filters));
    expect((await get<FlowCount>(server, `/api/v1/flows/count?${q(expression)}`)).count).toBe(told.length);
  });

  it('narrows what filters pass; of several one is enough', async () => {
    const both = await found(`verdict=DROPPED&${q('to-port = 5432')}`);
    expect(both).toEqual(await found('verdict=DROPPED&to-port=5432'));
    const either = await found(`${q('verdict = DROPPED')}&${q('verdict = AUDIT')}`);
    expect(either).toEqual(await found('verdict=DROPPED&verdict=AUDIT'));
  });

  it('finds answers that were slow', async () => {
    const slow = await ndjson(server, q('latency > 100ms'));
    const latencies = slow.map((line) => (JSON.parse(line) as Slow).flow.l7.latency_ns);
    expect(latencies.length).toBeGreaterThan(0);
    expect(latencies.every((latency) => Number(latency) > 100_000_000)).toBe(true);
    const quick = await ndjson(server, q('latency <= 100ms'));
    expect(slow.length + quick.length).toBe((await ndjson(server, q('latency > 0s'))).length);
  });

  it('goes wherever filters go', async () => {
    const drops = await get<Drops>(server, `/api/v1/drops?${q('to-port = 5432')}`);
    expect(drops.groups.map(({ port }) => port)).toEqual([5432]);
    const hints = await get<FlowHints>(server, `/api/v1/flows/hints?field=to-port&${q('verdict = AUDIT')}`);
    expect(hints.values.length).toBeGreaterThan(0);
    const map = sorted(await mapOf(server, q('from-workload = web')));
    expect(map).toEqual(sorted(await mapOf(server, 'from-workload=web')));
    const client = new LiveClient(server);
    await client.connect();
    await client.subscribe({ filter: { q: 'from-workload = web' } });
    expect(client.map()).toEqual(map);
  });

  it('narrows the filters of Hubble in the body of a question', async () => {
    const body = { whitelist: [{ verdict: ['DROPPED'] }], q: 'to-port in (5432, 8443)', order: 'desc' };
    const { text } = await query(body, { accept: 'application/x-ndjson' });
    const told = uuidsIn(text.trimEnd().split('\n'));
    expect(told).toEqual(await found('verdict=DROPPED&to-port=5432&to-port=8443'));
    const either = await query({ q: ['to-port = 5432', 'to-port = 8443'], limit: 1000 });
    expect((either.body as { flows: unknown[] }).flows).toHaveLength(
      (await found('to-port=5432&to-port=8443')).length,
    );
    expect((await query({ q: 'port = 80 and' })).body).toMatchObject({
      error: { code: 'invalid_filter', field: 'q', position: 14 },
    });
    expect((await query({ q: Array<string>(11).fill('port = 80') })).body).toMatchObject({
      error: { code: 'invalid_filter', message: 'q: at most 10 expressions' },
    });
  });

  it('goes with every command that reads, of a file or of a server', async () => {
    const expression = 'http-status >= 500 or to-port = 5432 and not verdict = FORWARDED';
    const wanted = (await found(`order=asc&${q(expression)}`)).sort();
    const asked = ['-q', expression];
    const at = ['--server', server.url];
    const [file, held, exported, drops, map] = await Promise.all(
      [
        ['observe', '--input-file', shopFile, '-o', 'json', ...asked],
        ['observe', ...at, '--all', '-o', 'json', ...asked],
        ['export', ...at, ...asked],
        ['drops', ...at, '-o', 'json', ...asked],
        ['map', ...at, '-o', 'json', ...asked],
      ].map(async (args) => (await runToEnd(args)).stdout),
    );
    for (const text of [file, held, exported])
      expect(uuidsIn((text ?? '').trimEnd().split('\n')).sort()).toEqual(wanted);
    expect((JSON.parse(drops ?? '') as Drops).drops).toBe(
      (await get<Drops>(server, `/api/v1/drops?${q(expression)}`)).drops,
    );
    expect(sorted(JSON.parse(map ?? '') as ServiceMapResponse)).toEqual(
      sorted(await mapOf(server, q(expression))),
    );
    const wrong = await runToEnd([
      'observe',
      '--input-file',
      shopFile,
      '-q',
      'port = 80 and verdcit = DROPPED',
    ]);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('q: at character 15: there is no field verdcit');
  });

  it('that is wrong is told with the character', async () => {
    for (const path of ['flows', 'map', 'drops', 'flows/count', 'export']) {
      const { status, body } = await ask<ErrorBody>(
        server,
        `/api/v1/${path}?${q('port = 80 and verdcit = DROPPED')}`,
      );
      expect({ status, error: { ...body.error, message: body.error.message.slice(0, 51) } }).toEqual({
        status: 400,
        error: {
          code: 'invalid_filter',
          field: 'q',
          position: 15,
          message: 'q: at character 15: there is no field verdcit; ther',
        },
      });
    }
    const client = new LiveClient(server);
    await client.connect();
    const answer = await client.request('subscribe', { view: 'edges', filter: { q: 'port =' } });
    expect(answer).toMatchObject({ error: { code: 'invalid_filter', field: 'q', position: 7 } });
  });
});

function query(body: object, headers: Record<string, string> = {}) {
  return ask(server, '/api/v1/flows/query', { method: 'POST', headers, body: JSON.stringify(body) });
}

interface Slow {
  flow: { l7: { latency_ns: string } };
}
