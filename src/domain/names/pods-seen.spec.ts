import { describe, expect, it } from '@jest/globals';
import { flow, pod, world } from '../../../test/support/make-flow.js';
import type { Endpoint, Flow, Side } from '../flow/flow.js';
import { podKey } from '../flow/node-identity.js';
import { PodsSeen } from './pods-seen.js';

type Fields = Record<string, unknown>;

const ADDRESS = '10.0.2.7';
const client = pod('shop/web-0');
const api = pod('pay/api-0', 'api');
const db = pod('pay/db-0', 'db');
const host = { identity: 1, labels: ['reserved:host'] };

const at = (second: number, destination: Fields, more: Fields = {}) =>
  flow({
    source: client,
    destination,
    IP: { source: '10.0.1.5', destination: ADDRESS },
    time: new Date(Date.UTC(2026, 5, 1, 10, 0, second)).toISOString(),
    ...more,
  });

/** As flows are named: both ends are met, and those that are unknown joined. */
function join(pods: PodsSeen, told: Flow): Partial<Record<Side, Endpoint>> {
  const joined: Partial<Record<Side, Endpoint>> = {};
  const moment = pods.momentOf(told)!;
  for (const side of ['source', 'destination'] as const) {
    const sight = pods.sightOf(told[side]);
    pods.note(sight, moment);
    const end = sight.isUntold ? pods.joined(sight, moment) : undefined;
    if (end !== undefined) joined[side] = end;
  }
  return joined;
}

/** The pod that an unknown end is joined to, after others were seen at its address. */
function joined(
  seen: readonly [second: number, end: Fields, more?: Fields][],
  second: number,
  end: Fields = {},
) {
  const pods = new PodsSeen();
  for (const [when, who, more] of seen) join(pods, at(when, who, more));
  const learned = join(pods, at(second, end)).destination?.learned?.pod;
  return learned && podKey(learned);
}

describe('pods that were seen at an address', () => {
  it('are who an unknown end at the address is, up to five minutes later', () => {
    expect(joined([[0, api]], 0)).toBe('c/pay/api-0');
    expect(joined([[0, api]], 300)).toBe('c/pay/api-0');
    expect(joined([[0, api]], 320)).toBeUndefined();
    const again: [number, Fields][] = [0, 200, 400].map((second) => [second, api]);
    expect(joined(again, 600)).toBe('c/pay/api-0');
    expect(joined([], 0)).toBeUndefined();
  });

  it('are joined at either end, and where records are a little out of order', () => {
    const pods = new PodsSeen();
    join(pods, at(15, api));
    const reply = at(8, client, { source: {}, IP: { source: ADDRESS, destination: '10.0.1.5' } });
    expect(join(pods, reply).source?.learned?.pod?.pod).toBe('api-0');
    expect(join(pods, reply).destination).toBeUndefined();
    expect(joined([[40, api]], 8)).toBeUndefined();
  });

  it('have left it when another pod, or no pod at all, is seen there', () => {
    const world = { identity: 2, labels: ['reserved:world'] };
    expect(
      joined(
        [
          [0, api],
          [20, db],
        ],
        30,
      ),
    ).toBe('c/pay/db-0');
    expect(
      joined(
        [
          [0, api],
          [20, world],
        ],
        30,
      ),
    ).toBeUndefined();
    expect(
      joined(
        [
          [0, api],
          [20, host],
        ],
        30,
      ),
    ).toBeUndefined();
    expect(
      joined(
        [
          [0, api],
          [20, world],
          [40, db],
        ],
        50,
      ),
    ).toBe('c/pay/db-0');
  });

  it('are nobody where two were seen in turns, or too close to tell', () => {
    expect(
      joined(
        [
          [0, api],
          [20, db],
          [40, api],
        ],
        50,
      ),
    ).toBeUndefined();
    expect(
      joined(
        [
          [0, api],
          [2, db],
        ],
        5,
      ),
    ).toBeUndefined();
    expect(
      joined(
        [
          [0, api],
          [60, db],
        ],
        40,
      ),
    ).toBe('c/pay/api-0');
    expect(
      joined(
        [
          [0, api],
          [20, host],
          [40, api],
        ],
        50,
      ),
    ).toBeUndefined();
    // Until one of them was not seen for long.
    expect(
      joined(
        [
          [0, api],
          [20, db],
          [40, api],
          [200, api],
          [400, api],
        ],
        410,
      ),
    ).toBe('c/pay/api-0');
  });

  it('are those of the cluster that the reporting node is of', () => {
    const other = { node_name: 'other/n1' };
    expect(joined([[0, api, other]], 10)).toBeUndefined();
    expect(
      joined(
        [
          [0, api],
          [10, db, other],
        ],
        20,
      ),
    ).toBe('c/pay/api-0');
  });

  it('say nothing of an end that Hubble said something of', () => {
    for (const told of [
      world,
      host,
      { identity: 23_001 },
      { labels: ['reserved:world'] },
      { labels: ['k8s:app=x'] },
      { namespace: 'pay' },
      { labels: ['reserved:unknown', 'cidr:10.0.2.0/24'] },
      pod('pay/other-0'),
    ])
      expect(joined([[0, api]], 10, told)).toBeUndefined();
    expect(joined([[0, api]], 10, { labels: ['reserved:unknown'] })).toBe('c/pay/api-0');
    const pods = new PodsSeen();
    join(pods, at(0, api));
    for (const more of [
      { destination_names: ['x'] },
      { destination_service: { name: 'x', namespace: 'y' } },
      { IP: { source: '10.0.1.5' } },
    ])
      expect(join(pods, at(10, {}, more)).destination).toBeUndefined();
  });

  it('keep what Hubble said, and are the same object for the same pod', () => {
    const pods = new PodsSeen();
    join(pods, at(0, api));
    const told = at(10, { future: 1 });
    const end = join(pods, told).destination;
    expect(end).toEqual({ ...told.destination, learned: { pod: at(0, api).destination } });
    expect(end?.pod).toBe('');
    expect(join(pods, told).destination).toBe(end);
  });

  it('are all forgotten beyond so many addresses, of which those of the world are none', () => {
    const pods = new PodsSeen(2);
    const seen = (second: number, address: string, end: Fields) =>
      join(pods, at(second, end, { source: {}, IP: { source: '', destination: address } })).destination
        ?.learned;
    seen(0, '10.0.2.1', api);
    for (let i = 0; i < 9; i++) seen(0, `203.0.113.${i}`, world);
    seen(0, '10.0.2.2', db);
    expect(seen(10, '10.0.2.1', {})).toBeDefined();
    seen(20, '10.0.2.3', client);
    expect([1, 2, 3].map((i) => seen(30, `10.0.2.${i}`, {}) !== undefined)).toEqual([false, false, true]);
    seen(40, '10.0.2.1', api);
    expect(seen(50, '10.0.2.1', {})).toBeDefined();
  });
});
