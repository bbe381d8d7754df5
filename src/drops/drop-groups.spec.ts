import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newFlow, pod, tally, toTally, world } from '../../test/support/make-flow.js';
import { flowTexts } from '../../test/support/arbitrary-flows.js';
import { unforetoldPod } from '../domain/service-map/dropped.js';
import type { Tally } from '../domain/service-map/tally.js';
import { atOnce } from '../domain/steps.js';
import { groupDrops } from './drop-groups.js';
import { dropFields, type DropField } from './drops.schema.js';

const denied = {
  verdict: 'DROPPED',
  drop_reason_desc: 'POLICY_DENIED',
  is_reply: undefined,
  traffic_direction: 'EGRESS',
};
const drop = { ...denied, event_type: { type: 1, sub_type: 133 } };
const verdict = { ...denied, event_type: { type: 5 } };
/** As a store tells them. */
function grouped(told: readonly Tally[], by: readonly DropField[]) {
  const endpoints = told.flatMap(({ source, destination }) => [source, destination]);
  const tallies = told.filter(({ traits }) => traits.verdict === 'DROPPED');
  const unforetold = endpoints.flatMap((endpoint) => unforetoldPod(endpoint) ?? []);
  return atOnce(groupDrops({ tallies, unforetold, removed: undefined }, by));
}

function sumOf(told: readonly Tally[], by: readonly DropField[]) {
  const groups = grouped(told, by);
  return groups.reduce((sum, { count }) => sum + count, 0);
}

const all = ['source', 'destination', 'port', 'reason', 'direction'] as const;

describe('drops grouped by cause', () => {
  it('count a packet once that is told as verdict and as drop', () => {
    const told = [tally(verdict, 1), tally(drop, 2), tally(verdict, 3), tally(drop, 4)];
    expect(grouped(told, all)).toMatchObject([
      {
        fields: {
          source: 'c/shop/web',
          destination: 'c/pay/api',
          port: 80,
          protocol: 'TCP',
          reason: 'POLICY_DENIED',
          direction: 'EGRESS',
        },
        count: 2,
        reason: 'POLICY_DENIED',
        lastSeq: 4,
      },
    ]);
  });

  it('are only the flows that were dropped', () => {
    expect(grouped([tally(), tally({ verdict: 'AUDIT' })], all)).toEqual([]);
  });

  it('come most frequent first, and tell when each was seen first and last', () => {
    const other = { ...drop, drop_reason_desc: 'CT_MAP_INSERTION_FAILED' };
    const at = (fields: object, time: string, seq: number) =>
      tally({ ...fields, time: `2026-06-01T10:00:0${time}Z` }, seq);
    const groups = grouped([at(other, '1', 1), at(drop, '5', 2), at(drop, '3', 3)], ['reason']);
    expect(groups.map(({ reason, count }) => [reason, count])).toEqual([
      ['POLICY_DENIED', 2],
      ['CT_MAP_INSERTION_FAILED', 1],
    ]);
    expect(groups[0]).toMatchObject({
      first: 1_780_308_003_000_000_000n,
      last: 1_780_308_005_000_000_000n,
      lastSeq: 3,
    });
  });

  it('name ends as the map does, with workloads that only other records gave', () => {
    const named = tally({ source: pod('shop/web-0', 'storefront'), destination: world });
    const [group] = grouped([tally({ ...drop, destination: world }), named], ['source', 'destination']);
    expect(group?.fields).toEqual({ source: 'c/shop/storefront', destination: 'entity:world' });
  });

  it('are told, too, where records disagree about the workload of a pod, in any order', () => {
    const ofOwner = (workload: string, seq: number) =>
      tally({ ...drop, source: pod('shop/web-6c9f7b8d4-x2z4k', workload), destination: world }, seq);
    const [replicaSet, deployment] = [ofOwner('web-6c9f7b8d4', 1), ofOwner('web', 2)];
    for (const told of [
      [replicaSet, deployment],
      [deployment, replicaSet],
    ])
      expect(grouped(told, ['destination'])).toMatchObject([
        { fields: { destination: 'entity:world' }, count: 2 },
      ]);
  });

  it('count requests that the proxy refused once, under a reason of their own', () => {
    const l7 = (type: string) => ({ type, http: { method: 'POST', url: 'http://x/admin' } });
    const request = { verdict: 'DROPPED', Type: 'L7', event_type: { type: 129 }, l7: l7('REQUEST') };
    const answer = {
      ...request,
      l7: l7('RESPONSE'),
      is_reply: true,
      source: pod('pay/api-0'),
      destination: pod('shop/web-0'),
      l4: { TCP: { source_port: 80, destination_port: 41_822 } },
    };
    expect(grouped([tally(request), tally(answer)], all)).toMatchObject([
      { fields: { reason: 'L7_DENIED', source: 'c/shop/web', port: 80 }, count: 1, reason: 'L7_DENIED' },
    ]);
  });

  it('have one reason where a record of the proxy names one of the datapath', () => {
    const refused = tally({
      verdict: 'DROPPED',
      drop_reason_desc: 'POLICY_DENY',
      Type: 'L7',
      event_type: { type: 129 },
      l7: { type: 'REQUEST', http: { method: 'POST', url: 'http://x/admin' } },
    });
    expect(grouped([refused], ['reason'])).toMatchObject([
      { fields: { reason: 'L7_DENIED' }, count: 1, reason: 'L7_DENIED' },
    ]);
  });

  it('name a missing reason, a missing port and the policies that denied', () => {
    const by = [{ name: 'b' }, { name: 'a', namespace: 'shop', kind: 'CiliumNetworkPolicy' }];
    const ping = { ...drop, drop_reason_desc: undefined, l4: { ICMPv4: { type: 8 } }, egress_denied_by: by };
    expect(grouped([tally(ping)], ['reason', 'port', 'policy'])).toMatchObject([
      {
        fields: { reason: 'DROP_REASON_UNKNOWN', port: null, protocol: 'ICMPv4' },
        deniedBy: ['b', 'shop/a (CiliumNetworkPolicy)'],
        count: 1,
      },
    ]);
  });

  it('belong to the namespace of the local end, and to the node that saw them', () => {
    const inward = { ...drop, traffic_direction: 'INGRESS', node_name: 'c/n2' };
    const fields = grouped([tally(drop), tally(inward)], ['namespace', 'node']).map(({ fields }) => fields);
    expect(fields).toContainEqual({ namespace: 'shop', node: 'c/n1' });
    expect(fields).toContainEqual({ namespace: 'pay', node: 'c/n2' });
    // The direction is the connection's: what a server answers on an incoming one is still its own.
    const answer = { ...inward, is_reply: true };
    expect(grouped([tally(answer)], ['namespace'])).toMatchObject([{ fields: { namespace: 'shop' } }]);
  });

  it('add up to the same number, whatever they are grouped by', () => {
    const told = [
      tally(drop),
      tally({ ...drop, drop_reason_desc: 'INVALID_SOURCE_IP' }),
      tally({ ...drop, destination: world }),
    ];
    for (const by of [all, ['reason'], ['node'], []] as const) expect(sumOf(told, by)).toBe(3);
  });

  it('do so where some packets were told as verdict alone, and others as drop alone', () => {
    fc.assert(
      fc.property(flowTexts(), fc.subarray(dropFields.filter((field) => field !== 'node')), (texts, by) => {
        const told = texts.map((text, i) => toTally(newFlow(text).flow, i + 1));
        expect(sumOf(told, by)).toBe(sumOf(told, all));
      }),
    );
  });
});
