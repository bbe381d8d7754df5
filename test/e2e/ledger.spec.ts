import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SlackMessage } from '../../src/ledger/digest-words.js';
import type { Ledger, LedgerDigest, LedgerEdge } from '../../src/ledger/ledger.schema.js';
import { shop } from '../support/run-flows.js';
import { ask, get, mapOf, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, type Server } from '../support/run-server.js';

/** Takes what is posted to it, and answers as it is told. */
let hook: HttpServer;
const posted: SlackMessage[] = [];
let answer = 200;
let server: Server;

beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push(JSON.parse(body) as SlackMessage);
      response.writeHead(answer).end();
    });
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  // The ledger is a few seconds behind what is stored; a server that ends leaves nothing behind.
  const first = await startServer();
  await store(first, shop);
  const { fresh, behind } = await get<LedgerDigest>(first, `/api/v1/ledger/digest?${start}`);
  expect(fresh.length > 0 || behind > 0).toBe(true);
  await first.stop();
  server = await startServer({ data: first.data, flags: flagsOf(hook) });
});
afterAll(async () => {
  hook.close();
  await cleanUp();
});

const digest = (query: string) => get<LedgerDigest>(server, `/api/v1/ledger/digest?${query}`);
const start = 'since=2026-06-01T00:00:00Z';

describe('the ledger of the sample', () => {
  it('has the edges of the map, with when they were first and last seen', async () => {
    const { edges, leftOut } = await get<Ledger>(server, '/api/v1/ledger');
    const map = await mapOf(server);
    expect(leftOut).toBe(0);
    const told = (list: readonly { id: string; firstSeen: string; lastSeen: string }[]) =>
      list.map(({ id, firstSeen, lastSeen }) => `${id} ${firstSeen} ${lastSeen}`).sort();
    expect(told(edges)).toEqual(told(map.edges));
  });

  it('tells what came since, and of an edge that was acknowledged no more, also after a restart', async () => {
    const before = await digest(start);
    expect(before.behind).toBe(0);
    expect(before.fresh.length).toBeGreaterThan(20);
    const [edge] = before.fresh;
    const path = `/api/v1/ledger/${edge!.id}/acknowledgement`;
    const put = await ask<LedgerEdge>(server, path, { method: 'PUT', body: '{"note":"by <design>"}' });
    expect(put.body.acknowledged?.note).toBe('by <design>');
    expect(await digest(start)).toMatchObject({ acknowledged: 1 });
    expect((await digest(start)).fresh.map(({ id }) => id)).not.toContain(edge!.id);
    await server.stop();
    server = await startServer({ data: server.data, flags: flagsOf(hook) });
    expect(await digest(start)).toMatchObject({ acknowledged: 1 });
    expect((await ask<LedgerEdge>(server, path, { method: 'DELETE' })).body.acknowledged).toBeNull();
    expect((await digest(start)).fresh).toHaveLength(before.fresh.length);
  });

  it('is posted on demand, and says when that failed', async () => {
    const { body } = await ask<LedgerDigest>(server, `/api/v1/ledger/digest?${start}`, { method: 'POST' });
    expect(posted).toHaveLength(1);
    expect(posted[0]?.text).toBe(`Flowatlas: New: ${body.fresh.length}`);
    expect(posted[0]?.blocks[1]?.text.text).toContain('shop/web → payments/api 8443 TCP');
    answer = 500;
    const failed = await ask<ErrorBody>(server, `/api/v1/ledger/digest?${start}`, { method: 'POST' });
    expect(failed.status).toBe(503);
    expect(failed.body.error.message).toContain('it answered 500');
  });

  it('refuses what it cannot know', async () => {
    for (const [path, options, status] of [
      ['/api/v1/ledger/nothing/acknowledgement', { method: 'PUT', body: '{}' }, 404],
      ['/api/v1/ledger/digest?since=yesterday', {}, 400],
      ['/api/v1/ledger/digest?silent-for=0s', {}, 400],
      ['/api/v1/ledger/digest?verdict=DROPPED', {}, 400],
    ] as const) {
      const refused = await ask<ErrorBody>(server, path, options);
      expect([path, refused.status]).toEqual([path, status]);
      expect(refused.body.error.message).not.toBe('');
    }
    const { edges } = await get<Ledger>(server, '/api/v1/ledger?limit=1');
    const path = `/api/v1/ledger/${edges[0]!.id}/acknowledgement`;
    for (const body of ['[]', '{"note":1}', '{', JSON.stringify({ note: 'x'.repeat(2_001) })])
      expect((await ask(server, path, { method: 'PUT', body })).status).toBe(400);
  });

  it('is printed by the command line', async () => {
    const { code, stdout } = await runToEnd(['ledger', '--server', server.url, '--since', '2026-06-01']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /New: \d+\n(.*\n)* {2}shop\/web → payments\/api 8443 TCP, dropped in part, first seen/,
    );
  });
});

function flagsOf(to: HttpServer): string[] {
  const { port } = to.address() as AddressInfo;
  return ['--digest-webhook', `http://127.0.0.1:${port}/hook`];
}
