import { afterAll, describe, expect, it } from '@jest/globals';
import { flowLines, shop, shopFlows, uuidOf, uuidsIn } from '../support/run-flows.js';
import { FollowedStream } from '../support/run-follow.js';
import { ask, ndjson, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer } from '../support/run-server.js';

afterAll(cleanUp);

const uuids = (seed: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => uuidOf(seed, from + i));

describe('a followed stream', () => {
  it('tells the past that was asked for and then what comes, each flow once', async () => {
    const server = await startServer();
    await store(server, flowLines('past', 3_000));
    const late = { stored: 0, over: false };
    const storing = (async () => {
      while (!late.over) {
        await store(server, flowLines('late', 50, late.stored));
        late.stored += 50;
      }
    })();
    const streams = await Promise.all(
      ['since=5000w', 'since=5000w', 'last=3000'].map((q) => FollowedStream.open(server, q)),
    );
    for (const stream of streams) await stream.has(3_300);
    late.over = true;
    await storing;
    const whole = uuidsIn(await ndjson(server, 'since=5000w&order=asc'));
    for (const stream of streams.slice(0, 2)) {
      await stream.has(whole.length);
      expect(uuidsIn(stream.lines)).toHaveLength(whole.length);
      expect(new Set(uuidsIn(stream.lines))).toEqual(new Set(whole));
    }
    const [, , last] = streams;
    await last?.has(3_000);
    const told = uuidsIn(last?.lines ?? []);
    expect(new Set(told).size).toBe(told.length);
    for (const stream of streams) stream.hangUp();
    expect((await server.stop()).code).toBe(0);
  });

  it('tells nothing of the past unless it is asked for, and only what passes', async () => {
    const server = await startServer();
    await store(server, shop);
    const news = await FollowedStream.open(server);
    const drops = await FollowedStream.open(server, 'verdict=DROPPED&last=2');
    const three = await FollowedStream.open(server, 'limit=3&last=2');
    await store(server, flowLines('news', 10));
    await store(server, flowLines('drops', 2, 0, { verdict: 'DROPPED' }));
    await Promise.all([news.has(12), drops.has(4), three.has(3)]);
    expect(uuidsIn(news.lines)).toEqual([...uuids('news', 10), ...uuids('drops', 2)]);
    expect(uuidsIn(drops.lines).slice(2)).toEqual(uuids('drops', 2));
    expect(uuidsIn(drops.lines).slice(0, 2)).toEqual(
      uuidsIn(await ndjson(server, 'verdict=DROPPED&last=2&until=2026-06-02&order=asc')),
    );
    expect({ lines: uuidsIn(three.lines).slice(2), ended: await three.ended }).toEqual({
      lines: uuids('news', 1),
      ended: true,
    });
  });

  it('begins before there is a flow, and ends in order when the server stops', async () => {
    const server = await startServer();
    const stream = await FollowedStream.open(server);
    expect(stream.response.headers['content-type']).toBe('application/x-ndjson');
    expect(JSON.parse(String(stream.response.headers['flowatlas-coverage']))).toMatchObject({
      eventsLost: 0,
    });
    const { code, stderr } = await server.stop();
    expect({ code, stderr, ended: await stream.ended }).toEqual({ code: 0, stderr: '', ended: true });
  });

  it('is let go when its reader hangs up, however often', async () => {
    const server = await startServer();
    await store(server, shop);
    for (let round = 0; round < 12; round++) {
      const streams = await Promise.all(
        Array.from({ length: 25 }, () => FollowedStream.open(server, 'last=1')),
      );
      await Promise.all(streams.map((stream) => stream.has(1)));
      for (const stream of streams) stream.hangUp();
    }
    // More than may follow at the same time have come and gone.
    const stream = await FollowedStream.open(server, 'last=1');
    expect(stream.response.statusCode).toBe(200);
    await stream.has(1);
    expect((await server.stop()).code).toBe(0);
  });

  it.each([
    ['follow=true', 'application/json', 'follow'],
    ['follow=true', 'text/csv', 'follow'],
    ['follow=true&first=5', 'application/x-ndjson', 'follow'],
    ['follow=true&order=desc', 'application/x-ndjson', 'order'],
    ['follow=true&cursor=x', 'application/x-ndjson', 'cursor'],
    ['follow=yes', 'application/x-ndjson', 'follow'],
    ['first=5&last=5', 'application/json', 'last'],
    ['last=1e12', 'application/json', 'last'],
    ['last=1e12', 'application/x-ndjson', 'last'],
    ['first=0', 'application/json', 'first'],
  ])('is refused with the reason: %s as %s', async (query, accept, field) => {
    const server = await theServer();
    const { status, body } = await ask<ErrorBody>(server, `/api/v1/flows?${query}`, { headers: { accept } });
    expect({ status, code: body.error.code, field: body.error.field }).toEqual({
      status: 400,
      code: 'invalid_parameter',
      field,
    });
  });
});

let started: ReturnType<typeof startServer> | undefined;
function theServer(): ReturnType<typeof startServer> {
  return (started ??= startServer());
}

describe('the first and the last flows', () => {
  it('are the oldest and the newest that match, in either order, as a page and as a stream', async () => {
    const server = await startServer();
    await store(server, shop);
    const inOrder = uuidsIn(await ndjson(server, 'order=asc&verdict=DROPPED'));
    const told = async (query: string) => uuidsIn(await ndjson(server, `verdict=DROPPED&${query}`));
    expect(await told('first=5')).toEqual(inOrder.slice(0, 5));
    expect(await told('first=5&order=desc')).toEqual(inOrder.slice(0, 5).reverse());
    expect(await told('last=5')).toEqual(inOrder.slice(-5).reverse());
    expect(await told('last=5&order=asc')).toEqual(inOrder.slice(-5));
    expect(await told('last=5&order=asc&limit=2')).toEqual(inOrder.slice(-5, -3));
    expect(await told('last=1000000&order=asc')).toEqual(inOrder);
    const { body } = await ask<{ flows: unknown[]; next: string | null; previous: string | null }>(
      server,
      '/api/v1/flows?last=300',
    );
    expect({ ...body, flows: body.flows.length }).toMatchObject({ flows: 300, next: null, previous: null });
    expect(shopFlows).toBeGreaterThan(300);
  });
});
