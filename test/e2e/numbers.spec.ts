import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FlowCount, FlowGroups, FlowHints, FlowSeries } from '../../src/flows/numbers.schema.js';
import { shop, shopFlows, uuidsIn } from '../support/run-flows.js';
import { ask, get, ndjson, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
});
afterAll(cleanUp);

const api = <T>(path: string) => get<T>(server, `/api/v1/flows/${path}`);
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

describe('numbers of the sample', () => {
  it('count what a stream would tell, and say what they rest on', async () => {
    const all = await api<FlowCount>('count');
    expect(all).toMatchObject({ count: shopFlows, flows: shopFlows, coverage: { eventsLost: 37 } });
    for (const query of [
      'verdict=DROPPED',
      'since=2026-06-01T10:03Z&until=2026-06-01T10:05Z',
      'from-pod=shop/web',
    ]) {
      expect((await api<FlowCount>(`count?${query}`)).count).toBe((await ndjson(server, query)).length);
    }
  });

  it('are told by time and verdict', async () => {
    const whole = await api<FlowSeries>('timeseries?step=1m&by=verdict');
    expect({ by: whole.by, step: whole.step }).toEqual({ by: 'verdict', step: 60 });
    expect(whole.times).toHaveLength(10);
    expect(whole.times[0]).toBe('2026-06-01T10:00:00Z');
    expect(sumOf(whole.series.map(({ total }) => total))).toBe(shopFlows);
    for (const { value, total, counts } of whole.series) {
      expect(counts).toHaveLength(10);
      expect(total).toBe((await ndjson(server, `verdict=${value}`)).length);
    }
    const minute = 'since=2026-06-01T10:03:00Z&until=2026-06-01T10:03:59.999999999Z';
    const dropped = whole.series.find(({ value }) => value === 'DROPPED');
    expect(dropped?.counts[3]).toBe((await ndjson(server, `verdict=DROPPED&${minute}`)).length);
    const plain = await api<FlowSeries>('timeseries');
    expect(plain).toMatchObject({
      by: null,
      series: [{ value: null, total: shopFlows }],
      others: { values: 0 },
    });
    const few = await api<FlowSeries>('timeseries?by=from-pod&top=1&step=5m');
    expect(few.series).toHaveLength(1);
    expect(few.series[0]!.total + few.others.total).toBe(shopFlows);
    expect(few.others.values).toBeGreaterThan(1);
  });

  it('are told by any fields, and each group can be asked for', async () => {
    const { groups, leftOut, count, coverage, folded } = await api<FlowGroups>(
      'groups?by=from-workload,to-port,verdict&top=5',
    );
    expect(groups).toHaveLength(5);
    expect(count).toBe(shopFlows);
    expect(sumOf(groups.map((group) => group.count)) + leftOut.count).toBe(shopFlows);
    expect(folded).toBeNull();
    expect(coverage.eventsLost).toBe(37);
    for (const group of groups) {
      const said = Object.entries(group.values).filter(([, value]) => value !== null);
      if (said.length < 3) continue;
      const found = await ndjson(server, said.map(([name, value]) => `${name}=${value}`).join('&'));
      expect(found).toHaveLength(group.count);
      const times = found.map((line) => (JSON.parse(line) as { time: string }).time).sort();
      expect({ first: group.firstSeen, last: group.lastSeen }).toEqual({
        first: times[0],
        last: times.at(-1),
      });
    }
    const answers = await api<FlowGroups>('groups?by=http-status&type=l7');
    const ok = answers.groups.find(({ values }) => values['http-status'] === '200');
    expect(ok?.latency?.of).toBe(ok?.count);
    expect(ok!.latency!.p50!).toBeLessThanOrEqual(ok!.latency!.p99!);
    expect(ok!.rate).toBeGreaterThan(0);
  });

  it('hint at values that exist in window and filter', async () => {
    const hints = await api<FlowHints>('hints?field=from-pod&prefix=shop/c&top=100');
    expect(hints.values.length).toBeGreaterThan(0);
    for (const { value, count } of hints.values) {
      expect(value.startsWith('shop/c')).toBe(true);
      expect((await api<FlowCount>(`count?from-pod=${value}`)).count).toBe(count);
    }
    const dropped = await api<FlowHints>('hints?field=drop-reason-desc&verdict=DROPPED');
    expect(dropped.values.map(({ value }) => value)).toContain('POLICY_DENIED');
    expect((await api<FlowHints>('hints?field=label&until=2026-05-01')).values).toEqual([]);
    const one = await api<FlowHints>('hints?field=protocol&top=1');
    expect(one.values).toHaveLength(1);
    expect(one.leftOut).toBeGreaterThan(0);
  });

  it('of nothing are nothing', async () => {
    const empty = await startServer();
    expect(await get(empty, '/api/v1/flows/count')).toMatchObject({ count: 0, flows: 0 });
    expect(await get(empty, '/api/v1/flows/groups?by=verdict')).toMatchObject({ groups: [], count: 0 });
    expect(await get(empty, '/api/v1/flows/timeseries?by=verdict&step=1m')).toMatchObject({
      times: [],
      series: [],
    });
    expect(await get(empty, '/api/v1/flows/hints?field=pod')).toMatchObject({ values: [], leftOut: 0 });
  });

  it.each([
    ['count?by=verdict', 'unknown_parameter', 'by'],
    ['count?port=x', 'invalid_filter', 'port'],
    ['groups', 'invalid_parameter', 'by'],
    ['groups?by=colour', 'invalid_parameter', 'by'],
    ['groups?by=verdict,verdict', 'invalid_parameter', 'by'],
    ['groups?by=label', 'invalid_parameter', 'by'],
    ['groups?by=from-pod,to-pod,from-ip,to-ip,from-port,to-port,verdict', 'invalid_parameter', 'by'],
    ['groups?by=verdict&top=1001', 'invalid_parameter', 'top'],
    ['timeseries?step=1ns', 'invalid_parameter', 'step'],
    ['timeseries?step=soon', 'invalid_parameter', 'step'],
    ['timeseries?by=a,b', 'invalid_parameter', 'by'],
    ['timeseries?top=51', 'invalid_parameter', 'top'],
    ['hints', 'invalid_parameter', 'field'],
    ['hints?field=__proto__', 'invalid_parameter', 'field'],
    [`hints?field=pod&prefix=${'x'.repeat(1_001)}`, 'invalid_parameter', 'prefix'],
  ])('are refused with the reason: %s', async (path, code, field) => {
    const { status, body } = await ask<ErrorBody>(server, `/api/v1/flows/${path}`);
    expect({ status, code: body.error.code, field: body.error.field }).toEqual({ status: 400, code, field });
  });

  it('say what to do where a step makes too many buckets', async () => {
    const { body } = await ask<ErrorBody>(server, '/api/v1/flows/timeseries?step=1ms');
    expect(body.error.message).toMatch(
      /^step: 1ms would make \d+ buckets from 2026-06-01T10:\S+ to 2026-06-01T10:\S+, and at most 5000 are told; give a longer step, or since and until$/,
    );
  });

  it('are told by fields with commas between, or the parameter once for each', async () => {
    const [joined, repeated] = await Promise.all(
      ['by=verdict,from-namespace', 'by=verdict&by=from-namespace'].map((by) =>
        ask(server, `/api/v1/flows/groups?${by}`),
      ),
    );
    expect(repeated).toEqual(joined);
  });

  it('leave the flow of a uuid where it was', async () => {
    const [uuid] = uuidsIn(await ndjson(server, 'last=1&verdict=DROPPED'));
    expect((await ask(server, `/api/v1/flows/${uuid}`)).status).toBe(200);
  });
});
