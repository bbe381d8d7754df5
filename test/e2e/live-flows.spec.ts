import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { FlowsEvent } from '../../src/live/live-events.js';
import { flowLines, makeFlow } from '../support/run-flows.js';
import { closeLiveClients, LiveClient } from '../support/run-live.js';
import { store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until } from '../support/run-server.js';

/** As docs/live.md says. */
const MOST_RECORDS = 100;

afterEach(async () => {
  closeLiveClients();
  await cleanUp();
});
afterAll(cleanUp);

const uuidsOf = (records: readonly unknown[]) =>
  records.map((record) => (record as { flow: { uuid: string } }).flow.uuid);
const uuids = (seed: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => makeFlow(seed, from + i).flow.uuid);
const told = (events: readonly FlowsEvent[]) => events.flatMap(({ records }) => uuidsOf(records));
const skipped = (events: readonly FlowsEvent[]) =>
  events.reduce((sum, { skipped: more }) => sum + (more ?? 0), 0);

async function connected(server: { readonly url: string }): Promise<LiveClient> {
  const client = new LiveClient(server);
  await client.connect();
  return client;
}

/** Waits until so many flows were told of or counted. */
async function heard(client: LiveClient, flows: number): Promise<void> {
  const count = () => told(client.flows).length + skipped(client.flows);
  expect(await until(count, (now) => now >= flows)).toBe(flows);
}

describe('live flows', () => {
  it('come as Hubble wrote them, to the digit, those that match', async () => {
    const server = await startServer();
    await store(server, flowLines('before', 5));
    const client = await connected(server);
    const answer = await client.subscribeFlows({ filter: { verdict: 'DROPPED' } });
    expect(answer).toMatchObject({ seq: 5, records: [], skipped: 0 });
    const raw: string[] = [];
    client.socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
      if (typeof data === 'string') raw.push(data);
    });
    const dropped = { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED' };
    const [line = ''] = flowLines('exact', 1, 0, dropped).split('\n');
    const exact = line.replace('{"flow":{', '{"flow":{"cookie":18446744073709551615,"one":1.0,');
    await store(server, `${flowLines('other', 3)}${exact}\n${flowLines('more', 2, 5, dropped)}`);
    await heard(client, 3);
    expect(told(client.flows)).toEqual([...uuids('exact', 1), ...uuids('more', 2, 5)]);
    expect(raw.join('')).toContain(exact);
    const [first] = client.flows;
    expect(first).toMatchObject({ subscription: answer.subscription, prev: 5, skipped: 0 });
  });

  it('are told as many as one message may hold, and counted beyond', async () => {
    const server = await startServer();
    const client = await connected(server);
    await client.subscribeFlows();
    await store(server, flowLines('many', 1_000));
    await heard(client, 1_000);
    for (const { records } of client.flows) expect(records.length).toBeLessThanOrEqual(MOST_RECORDS);
    expect(skipped(client.flows)).toBeGreaterThan(0);
    expect(told(client.flows).at(-1)).toBe(uuids('many', 1, 999)[0]);
  });

  it('begin with the last ones when asked to, without a gap or a double', async () => {
    const server = await startServer();
    await store(server, flowLines('held', 20));
    const client = await connected(server);
    const storing = store(server, flowLines('held', 30, 20));
    const { records, seq } = await client.subscribeFlows({ last: 7 });
    await storing;
    expect(uuidsOf(records)).toEqual(uuids('held', 7, seq - 7));
    await heard(client, 50 - seq);
    expect(told(client.flows)).toEqual(uuids('held', 50 - seq, seq));
  });

  it('are resumed where the connection was cut, with what came meanwhile', async () => {
    const server = await startServer();
    const client = await connected(server);
    await client.subscribeFlows({ filter: { 'to-pod': 'shop/' } });
    await store(server, flowLines('first', 3));
    await heard(client, 3);
    const { seq } = client.flows.at(-1)!;
    await client.cut();
    await store(server, flowLines('elsewhere', 5, 0, { to: 'data/db' }));
    await store(server, flowLines('meanwhile', 4));
    await client.connect();
    const { epoch } = await client.subscribeFlows();
    const few = await client.subscribeFlows({ filter: { 'to-pod': 'shop/' }, resume: { epoch, seq } });
    expect(uuidsOf(few.records)).toEqual(uuids('meanwhile', 4));
    expect(few.skipped).toBe(0);
    await store(server, flowLines('flood', 500));
    const many = await client.subscribeFlows({ filter: { 'to-pod': 'shop/' }, resume: { epoch, seq } });
    expect(uuidsOf(many.records)).toEqual(uuids('flood', MOST_RECORDS, 400));
    expect(many.skipped).toBe(404);
  });

  it('of another life of the server are not resumed, and that is said', async () => {
    const first = await startServer();
    await store(first, flowLines('before', 3));
    const client = await connected(first);
    const { epoch, seq } = await client.subscribeFlows();
    await first.stop();
    const server = await startServer({ data: first.data });
    const again = await connected(server);
    expect(await again.subscribeFlows({ resume: { epoch, seq } })).toMatchObject({
      records: [],
      skipped: null,
    });
  });

  it('wait, counted, while they are paused', async () => {
    const server = await startServer();
    const client = await connected(server);
    const { subscription } = await client.subscribeFlows();
    const edges = await client.subscribe();
    for (const asked of [subscription, edges.subscription])
      expect(await client.request('pause', { subscription: asked })).toEqual({});
    const waiting = () =>
      [subscription, edges.subscription].map(
        (asked) => client.waiting.findLast((event) => event.subscription === asked)?.count,
      );
    await store(server, flowLines('first', 3));
    expect(await until(waiting, ([flows, changed]) => flows === 3 && changed === 1)).toEqual([3, 1]);
    await store(server, flowLines('second', 200));
    expect(await until(waiting, ([flows]) => flows === 203)).toEqual([203, 1]);
    await sleep(600);
    expect([client.flows, client.events]).toEqual([[], []]);
    expect(await client.request('resume', { subscription })).toEqual({});
    await heard(client, 203);
    expect(client.flows).toHaveLength(1);
    expect(client.flows[0]?.records).toHaveLength(MOST_RECORDS);
    expect(client.events).toEqual([]);
    expect(await client.request('pause', { subscription: 'none' })).toMatchObject({
      error: { code: 'not_found', field: 'subscription' },
    });
  });

  it('are refused with the name of what is wrong', async () => {
    const server = await startServer();
    const client = await connected(server);
    const wrong: [request: object, code: string, field: string][] = [
      [{ last: 101 }, 'invalid_parameter', 'last'],
      [{ last: '5' }, 'invalid_parameter', 'last'],
      [{ level: 'pod' }, 'invalid_parameter', 'request'],
      [{ filter: { bogus: 'x' } }, 'invalid_filter', 'bogus'],
    ];
    for (const [request, code, field] of wrong) {
      const answer = await client.request('subscribe', { view: 'flows', ...request });
      expect({ request, answer }).toMatchObject({ answer: { error: { code, field } } });
    }
  });
});
