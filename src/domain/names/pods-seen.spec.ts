import { describe, expect, it } from '@jest/globals';
import { flow, pod, world } from '../../../test/support/make-flow.js';
import type { Endpoint, Flow, Side } from '../flow/flow.js';
import { podKey } from '../flow/node-identity.js';
import { PodsSeen } from './pods-seen.js';

type Fields = Record<string, unknown>;

const ADDRESS = '10.0.2.7';
const client = pod('shop/web-0');
const ends = {
  api: pod('pay/api-0', 'api'),
  db: pod('pay/db-0', 'db'),
  world,
  host: { identity: 1, labels: ['reserved:host'] },
  named: { labels: ['fqdn:x.example.com'] },
};

const at = (minute: number, destination: Fields, more: Fields = {}) =>
  flow({
    source: client,
    destination,
    IP: { source: '10.0.1.5', destination: ADDRESS },
    time: new Date(Date.UTC(2026, 5, 1, 10) + minute * 60_000).toISOString(),
    ...more,
  });

/** As flows are named: both ends are met, and those that are unknown joined. */
function join(pods: PodsSeen, told: Flow): Partial<Record<Side, Endpoint>> {
  const joined: Partial<Record<Side, Endpoint>> = {};
  const moment = pods.momentOf(told)!;
  for (const side of ['source', 'destination'] as const) {
    const end = pods.meet(told[side], moment) ? undefined : pods.joined(told[side], moment);
    if (end !== undefined) joined[side] = end;
  }
  return joined;
}

/** The pod that an unknown end is joined to, after others were seen at its address: `MINUTE WHO, …`. */
function joined(seen: string, minute: number, end: Fields = {}): string | undefined {
  const pods = new PodsSeen();
  for (const one of seen.split(', ').filter((text) => text !== '')) {
    const [when = '', who = '', cluster = 'c'] = one.split(' ');
    join(pods, at(Number(when), ends[who as keyof typeof ends], { node_name: `${cluster}/n1` }));
  }
  const learned = join(pods, at(minute, end)).destination?.learned?.pod;
  return learned && podKey(learned);
}

const API = 'c/pay/api-0';
const DB = 'c/pay/db-0';

describe('pods that were seen at an address', () => {
  it.each([
    ['', 0, undefined],
    ['0 api', 0, API],
    ['0 api', 5, API],
    ['0 api', 6, undefined],
    ['0 api, 3 api, 6 api', 10, API],
    ['0 api, 20 api', 10, undefined],
    ['0 api, 10 api, 5 api', 7, API],
    ['0 api, 10 api, 5 api, 12 db', 13, DB],
  ])('are who is there up to five minutes later: %j at minute %d', (seen, minute, who) => {
    expect(joined(seen, minute)).toBe(who);
  });

  it.each([
    ['0 api, 2 db', 3, DB],
    ['0 api, 2 db', 2, DB],
    ['0 api, 2 world', 3, undefined],
    ['0 api, 2 host', 3, undefined],
    ['0 api, 2 named', 3, undefined],
    ['0 api, 2 world, 3 db', 4, DB],
  ])('have left when somebody else, or what is no pod, is there: %j at minute %d', (seen, minute, who) => {
    expect(joined(seen, minute)).toBe(who);
  });

  it.each([
    ['0 api, 2 db, 3 api', 4, undefined],
    ['0 api, 2 host, 3 api', 4, undefined],
    ['0 api, 0 db', 1, undefined],
    ['0 api, 3 db', 2, undefined],
    ['0 api, 3 db', 1, API],
    ['0 api, 2 db, 3 api, 7 api, 8 api', 8, API],
  ])('are nobody where two were there in turns, or nobody can tell: %j at minute %d', (seen, minute, who) => {
    expect(joined(seen, minute)).toBe(who);
  });

  it('are those of the cluster that the reporting node is of', () => {
    expect(joined('0 api other', 1)).toBeUndefined();
    expect(joined('0 api, 1 db other', 2)).toBe(API);
  });

  it('are joined at either end, and where records are a little out of order', () => {
    const pods = new PodsSeen();
    join(pods, at(1, ends.api));
    const reply = at(0.9, client, { source: {}, IP: { source: ADDRESS, destination: '10.0.1.5' } });
    expect(join(pods, reply).source?.learned?.pod?.pod).toBe('api-0');
    expect(join(pods, reply).destination).toBeUndefined();
    expect(joined('2 api', 0)).toBeUndefined();
  });

  it('say nothing of an end that Hubble said something of', () => {
    for (const told of [
      world,
      ends.host,
      { identity: 23_001 },
      { labels: ['reserved:world'] },
      { labels: ['k8s:app=x'] },
      { namespace: 'pay' },
      { labels: ['reserved:unknown', 'cidr:10.0.2.0/24'] },
      pod('pay/other-0'),
    ])
      expect(joined('0 api', 1, told)).toBeUndefined();
    expect(joined('0 api', 1, { labels: ['reserved:unknown'] })).toBe(API);
    const pods = new PodsSeen();
    join(pods, at(0, ends.api));
    for (const more of [
      { destination_names: ['x'] },
      { destination_service: { name: 'x', namespace: 'y' } },
      { IP: { source: '10.0.1.5' } },
    ])
      expect(join(pods, at(1, {}, more)).destination).toBeUndefined();
  });

  it('keep what Hubble said, and are the same object for the same pod', () => {
    const pods = new PodsSeen();
    join(pods, at(0, ends.api));
    const told = at(1, { future: 1 });
    const end = join(pods, told).destination;
    expect(end).toEqual({ ...told.destination, learned: { pod: at(0, ends.api).destination } });
    expect(end?.pod).toBe('');
    expect(join(pods, told).destination).toBe(end);
  });

  it('are all forgotten beyond so many bytes of what was told of them', () => {
    const large = pod('pay/large-0', 'api', { labels: Array.from({ length: 100 }, (_, i) => `k8s:l=${i}`) });
    const pods = new PodsSeen(100, 10_000);
    const seen = (minute: number, i: number, end: Fields) =>
      join(pods, at(minute, end, { source: {}, IP: { source: '', destination: `10.0.2.${i}` } })).destination;
    seen(0, 1, large);
    expect(seen(1, 1, {})).toBeDefined();
    seen(1, 2, large);
    expect(seen(1, 1, {})).toBeDefined();
    seen(1, 3, ends.api);
    expect(seen(2, 1, {})).toBeUndefined();
    expect(seen(2, 3, {})).toBeDefined();
  });

  it('are all forgotten beyond so many addresses, of which those of the world are none', () => {
    const pods = new PodsSeen(2);
    const seen = (minute: number, address: string, end: Fields) =>
      join(pods, at(minute, end, { source: {}, IP: { source: '', destination: address } })).destination;
    seen(0, '10.0.2.1', ends.api);
    for (let i = 0; i < 9; i++) seen(0, `203.0.113.${i}`, world);
    seen(0, '10.0.2.2', ends.db);
    expect(seen(1, '10.0.2.1', {})).toBeDefined();
    seen(1, '10.0.2.3', client);
    expect([1, 2, 3].map((i) => seen(2, `10.0.2.${i}`, {}) !== undefined)).toEqual([false, false, true]);
    seen(3, '10.0.2.1', ends.api);
    expect(seen(4, '10.0.2.1', {})).toBeDefined();
  });
});
