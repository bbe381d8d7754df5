import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MapDiffResponse } from '../../src/service-map/map-diff.schema.js';
import { pod, record } from '../support/make-flow.js';
import { ask, get, mapOf, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const dropped = {
  verdict: 'DROPPED',
  drop_reason_desc: 'POLICY_DENIED',
  event_type: { type: 1, sub_type: 133 },
};
const to = (name: string, more: object = {}) => ({ destination: pod(`pay/${name}-0`, name), ...more });

/** Each of these once a minute, in the hour that begins so; every flow on a node of its own choice. */
function hourOf(hour: string, fields: readonly object[], minutes = 60): string {
  const lines = Array.from({ length: minutes }, (_, minute) =>
    fields.map((one) =>
      JSON.stringify(record({ time: `2026-06-01T${hour}:${String(minute).padStart(2, '0')}:30Z`, ...one })),
    ),
  );
  return lines.flat().join('\n');
}

const HOURS = 'a=2026-06-01T10:00/2026-06-01T10:59:59Z&b=2026-06-01T11:00/2026-06-01T11:59:59Z';
let server: Server;

beforeAll(async () => {
  server = await startServer();
  await store(server, hourOf('10', [to('api'), to('db'), to('old', { node_name: 'c/n2' })]));
  await store(server, hourOf('11', [to('api'), to('db', dropped), to('new')]));
  await store(server, hourOf('12', [to('api')], 10));
});
afterAll(cleanUp);

function diff(query: string): Promise<MapDiffResponse> {
  return get(server, `/api/v1/map/diff?${query}`);
}

describe('GET /map/diff', () => {
  it('names the edge that came, the one that went and the one that is dropped now, and no other', async () => {
    const { a, b, edges, nodes, news } = await diff(HOURS);
    expect([a.from, b.to]).toEqual(['2026-06-01T10:00:30Z', '2026-06-01T11:59:30Z']);
    expect(edges.added.map(({ target }) => target)).toEqual(['c/pay/new']);
    expect(edges.removed.map(({ target }) => target)).toEqual(['c/pay/old']);
    expect(edges.changed.map(({ target, changes }) => ({ target, changes }))).toEqual([
      {
        target: 'c/pay/db',
        changes: { verdict: { a: 'allowed', b: 'dropped' }, newReasons: { POLICY_DENIED: 60 } },
      },
    ]);
    expect(edges.alike).toBe(1);
    expect(nodes.others.map(({ id }) => id)).toEqual(['c/pay/db', 'c/shop/web']);
    expect(news).toMatchObject({
      'new-edges': 1,
      'gone-edges': 1,
      'new-drops': 1,
      'now-dropped': 1,
      slower: 0,
    });
  });

  it('has in each window the map of that window', async () => {
    const [hour, next] = [
      await mapOf(server, 'since=2026-06-01T10:00&until=2026-06-01T10:59:59Z'),
      await mapOf(server, 'since=2026-06-01T11:00&until=2026-06-01T11:59:59Z'),
    ];
    const { edges } = await diff(HOURS);
    expect(edges.changed[0]?.a).toEqual(hour.edges.find(({ target }) => target === 'c/pay/db'));
    expect(edges.changed[0]?.b).toEqual(next.edges.find(({ target }) => target === 'c/pay/db'));
    expect(edges.added).toEqual(next.edges.filter(({ target }) => target === 'c/pay/new'));
  });

  it('takes every filter and level', async () => {
    const { level, edges } = await diff(`${HOURS}&level=namespace&verdict=DROPPED`);
    expect({ level, added: edges.added.length, rest: edges.removed.length }).toEqual({
      level: 'namespace',
      added: 1,
      rest: 0,
    });
  });

  it('says where nothing, or not all, was recorded', async () => {
    const { notes, edges, b } = await diff('a=2026-06-01T10:00/2026-06-01T10:59:59Z&b=2030-01-01/2030-01-02');
    expect(notes.map(({ window, kind }) => `${window} ${kind}`)).toEqual(['b nothing-held']);
    expect(b.minutes).toBe(0);
    expect(edges.removed.map(({ faint }) => faint)).toEqual([true, true, true]);

    const partly = await diff('a=2026-06-01T09:00/2026-06-01T10:59:59Z&b=2026-06-01T12:00/2026-06-01T13:00');
    expect(partly.notes.map(({ window, kind }) => `${window} ${kind}`)).toEqual([
      'a begins-before',
      'b ends-after',
      'b missing-nodes',
    ]);
    expect(partly.notes[0]?.words).toContain('50 %');
    expect(partly.notes[2]?.words).toContain('c/n2');
    // The rate is that of what was recorded.
    expect(partly.b.minutes).toBe(9.5);
    expect(partly.edges.changed).toEqual([]);
  });

  it('takes times of every form, and open ends', async () => {
    const open = await diff('a=/2026-06-01T10:59:59Z&b=2026-06-01T11:00/');
    expect(open.edges.added).toHaveLength(1);
    expect([open.a.asked.since, open.b.asked.until]).toEqual([null, null]);
    const relative = await diff('a=100w/2h&b=2h/0s');
    expect(relative.a.asked.until).toBe(relative.b.asked.since);
  });

  it('tells what is below a threshold when that is lowered', async () => {
    const few = `a=2026-06-01T10:00/2026-06-01T10:59:59Z&b=2026-06-01T12:00/2026-06-01T12:09:30Z&to-workload=api`;
    expect((await diff(few)).edges.changed).toEqual([]);
    const { edges, thresholds } = await diff(`${few}&noise=0&volume-factor=1`);
    expect(edges.changed[0]?.changes.volume?.ratio).toBeCloseTo(10 / 9.5 / (60 / 59.5), 1);
    expect(thresholds).toMatchObject({ noise: 0, volumeFactor: 1, sharePoints: 5 });
  });

  it('is Markdown where that is asked for', async () => {
    for (const answer of [
      await ask(server, `/api/v1/map/diff?${HOURS}&format=markdown`),
      await ask(server, `/api/v1/map/diff?${HOURS}`, { headers: { accept: 'text/markdown' } }),
    ]) {
      expect(answer.headers['content-type']).toBe('text/markdown; charset=utf-8');
      expect(answer.text).toContain('## New edges (1)');
      expect(answer.text).toContain('`allowed → dropped`');
    }
  });

  const refusals: [query: string, code: string, field: string][] = [
    ['b=2h/1h', 'invalid_parameter', 'a'],
    ['a=1h&b=2h/1h', 'invalid_parameter', 'a'],
    ['a=2h/1h&b=1h/2h', 'invalid_parameter', 'b'],
    ['a=2h/1h&b=x/1h', 'invalid_parameter', 'b'],
    ['a=2h/1h/0s&b=2h/1h', 'invalid_parameter', 'a'],
    ['a=2h/1h&a=2h/1h&b=2h/1h', 'invalid_parameter', 'a'],
    [`${HOURS}&since=1h`, 'unknown_parameter', 'since'],
    [`${HOURS}&noise=much`, 'invalid_parameter', 'noise'],
    [`${HOURS}&volume-factor=0.5`, 'invalid_parameter', 'volume-factor'],
    [`${HOURS}&format=html`, 'invalid_parameter', 'format'],
    [`${HOURS}&level=galaxy`, 'invalid_parameter', 'level'],
    [`${HOURS}&http-path=(`, 'invalid_filter', 'http-path'],
  ];
  for (const [query, code, field] of refusals) {
    it(`refuses ${query.replace(HOURS, '…')}`, async () => {
      const { status, body } = await ask<ErrorBody>(server, `/api/v1/map/diff?${query}`);
      expect({ status, code: body.error.code, field: body.error.field }).toEqual({
        status: 400,
        code,
        field,
      });
    });
  }
});

describe('GET /map/diff of two windows with answers', () => {
  it('names a latency that shifted, and nothing else where nothing else did', async () => {
    const answer = (target: string, milliseconds: number) => ({
      source: pod(`pay/${target}-0`, target),
      destination: pod('shop/web-0'),
      l4: { TCP: { source_port: 80, destination_port: 41_822 } },
      is_reply: true,
      Type: 'L7',
      event_type: { type: 129 },
      l7: {
        type: 'RESPONSE',
        latency_ns: String(milliseconds * 1_000_000),
        http: { code: 200, method: 'GET', url: 'http://x/' },
      },
    });
    await store(server, hourOf('13', [answer('slow', 20), answer('quick', 20)]));
    await store(server, hourOf('14', [answer('slow', 200), answer('quick', 21)]));
    const { edges } = await diff(
      'a=2026-06-01T13:00/2026-06-01T13:59:59Z&b=2026-06-01T14:00/2026-06-01T14:59:59Z',
    );
    expect(edges).toMatchObject({ added: [], removed: [], alike: 1 });
    expect(edges.changed.map(({ target, changes }) => ({ target, kinds: Object.keys(changes) }))).toEqual([
      { target: 'c/pay/slow', kinds: ['latency'] },
    ]);
    expect(edges.changed[0]?.changes.latency?.p50?.ratio).toBeCloseTo(10, 0);
  });
});
