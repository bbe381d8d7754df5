import { describe, expect, it } from '@jest/globals';
import { pod, tally, world } from '../../../test/support/make-flow.js';
import { EdgeDetail } from './edge-detail.js';
import { nothingPinned } from './pinned-routes.js';
import { ServiceMap, type MapEdge } from './service-map.js';

type Fields = Record<string, unknown>;

/** The edges that flows make of which each is told so many times. */
function edges(...told: [Fields, number?][]): MapEdge[] {
  const flows = told.flatMap(([fields, times = 1]) => Array.from({ length: times }, () => tally(fields)));
  return ServiceMap.of(flows, 'workload').edges();
}

function edge(...told: [Fields, number?][]): MapEdge {
  const found = edges(...told);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const at = (trace_observation_point: string, more: Fields = {}) => ({ trace_observation_point, ...more });
/** The packet that answers `record()`: ends and ports are swapped. */
const answer: Fields = {
  source: pod('pay/api-0'),
  destination: pod('shop/web-0'),
  l4: { TCP: { source_port: 80, destination_port: 41_822 } },
  is_reply: true,
};
const verdict = (direction: string, more: Fields = {}) => ({
  event_type: { type: 5 },
  traffic_direction: direction,
  ...more,
});
const denied = { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED', is_reply: undefined };
const drop = { ...denied, event_type: { type: 1, sub_type: 133 } };
const http = (type: string, more: Fields = {}) => ({
  event_type: { type: 129 },
  Type: 'L7',
  l7: { type, http: { method: 'GET', url: 'http://x/', ...(type === 'RESPONSE' ? { code: 200 } : {}) } },
  ...more,
});
const socket = { verdict: 'TRACED', Type: 'SOCK', event_type: { type: 7, sub_type: 3 }, is_reply: undefined };

describe('forwarded', () => {
  it('is what the best-placed trace point saw, not the sum of all', () => {
    const told = edge([at('FROM_ENDPOINT'), 3], [at('TO_OVERLAY'), 5], [at('TO_ENDPOINT'), 4]);
    expect(told.verdicts).toMatchObject({ forwarded: 5, dropped: 0, audit: 0, redirected: 0, error: 0 });
    expect(told.points).toEqual({ 'from-endpoint': 3, 'to-overlay': 5, 'to-endpoint': 4 });
  });

  it('counts an allowed policy verdict like a trace point', () => {
    expect(edge([verdict('INGRESS'), 6], [at('TO_ENDPOINT'), 2]).verdicts['forwarded']).toBe(6);
    expect(edge([verdict('INGRESS'), 2], [verdict('EGRESS'), 3]).verdicts['forwarded']).toBe(3);
  });

  it('does not count replies, which stand on the edge of their request', () => {
    const told = edge([at('TO_ENDPOINT'), 2], [at('TO_ENDPOINT', answer), 9]);
    expect(told).toMatchObject({ source: 'c/shop/web', target: 'c/pay/api', port: 80 });
    expect(told.verdicts['forwarded']).toBe(2);
    expect(told.points).toEqual({ 'to-endpoint': 2, 'to-endpoint:reply': 9 });
    expect(told.oneSided).toBeUndefined();
  });

  it('is what the replies tell where only replies were seen, and the edge says so', () => {
    const told = edge([at('TO_ENDPOINT', answer), 4], [at('TO_NETWORK', answer), 3]);
    expect(told).toMatchObject({ source: 'c/shop/web', target: 'c/pay/api', port: 80, oneSided: true });
    expect(told.verdicts['forwarded']).toBe(4);
  });

  it('is what L7 requests tell where no packet was seen; responses are no requests', () => {
    const told = edge([http('REQUEST', { is_reply: false }), 3], [http('RESPONSE', answer), 3]);
    expect(told.verdicts['forwarded']).toBe(3);
    expect(told.http).toMatchObject({ requests: 3, responses: 3, statuses: { 200: 3 } });
  });

  it('counts a record that stands for many as the flows it stands for', () => {
    const many = { aggregate: { ingress_flow_count: 31, egress_flow_count: 30 } };
    expect(edge([many]).verdicts['forwarded']).toBe(61);
    expect(edge([{ ...drop, ...many }]).verdicts['dropped']).toBe(61);
  });

  it('takes the sub-type where the observation point is not written', () => {
    const told = edge([{ event_type: { type: 4 } }], [{ event_type: { type: 4, sub_type: 11 } }, 2]);
    expect(told.points).toEqual({ 'to-endpoint': 1, 'to-network': 2 });
  });
});

describe('dropped', () => {
  it('counts a packet once that is told as verdict and as drop', () => {
    const told = edge([verdict('EGRESS', denied), 3], [drop, 3]);
    expect(told.verdicts).toMatchObject({ dropped: 3, forwarded: 0 });
    expect(told.dropReasons).toEqual({ POLICY_DENIED: 3 });
  });

  it('is the larger of the two where one was told more often', () => {
    expect(edge([verdict('EGRESS', denied), 5], [drop, 3]).verdicts['dropped']).toBe(5);
    expect(edge([verdict('EGRESS', denied), 1], [drop, 3]).verdicts['dropped']).toBe(3);
  });

  it('adds denials on the way out and on the way in: one packet meets only one of them', () => {
    expect(
      edge([verdict('EGRESS', denied), 2], [verdict('INGRESS', denied), 3], [drop, 1]).verdicts['dropped'],
    ).toBe(5);
  });

  it('adds drops for other reasons, which no verdict foretells', () => {
    const other = { ...drop, drop_reason_desc: 'CT_MAP_INSERTION_FAILED' };
    const told = edge(
      [verdict('EGRESS', denied), 3],
      [drop, 3],
      [other, 2],
      [{ ...drop, drop_reason_desc: undefined }],
    );
    expect(told.verdicts['dropped']).toBe(6);
    expect(told.dropReasons).toEqual({
      CT_MAP_INSERTION_FAILED: 2,
      DROP_REASON_UNKNOWN: 1,
      POLICY_DENIED: 3,
    });
  });

  it('tells denials by different rules apart', () => {
    const explicit = { ...drop, drop_reason_desc: 'POLICY_DENY' };
    const auth = { ...drop, drop_reason_desc: 'AUTH_REQUIRED' };
    expect(edge([explicit, 2], [auth]).dropReasons).toEqual({ AUTH_REQUIRED: 1, POLICY_DENY: 2 });
  });

  it('adds requests that the proxy refused, once each', () => {
    const told = edge(
      [at('TO_PROXY', { verdict: 'REDIRECTED' }), 4],
      [http('REQUEST', { verdict: 'DROPPED', is_reply: false }), 2],
      [http('RESPONSE', { ...answer, verdict: 'DROPPED' }), 2],
      [drop, 1],
    );
    expect(told.verdicts).toMatchObject({ dropped: 3, redirected: 4 });
    expect(told.dropReasons).toEqual({ L7_DENIED: 2, POLICY_DENIED: 1 });
  });

  it('stands beside forwarded on one edge, and names the policies that did it', () => {
    const by = [{ name: 'no-way', namespace: 'shop', kind: 'CiliumNetworkPolicy' }];
    const told = edge(
      [verdict('EGRESS', { ...denied, egress_denied_by: by })],
      [verdict('EGRESS', { egress_allowed_by: by }), 2],
    );
    expect(told.verdicts).toMatchObject({ forwarded: 2, dropped: 1 });
    expect(told.policies).toEqual({
      allowedBy: ['shop/no-way (CiliumNetworkPolicy)'],
      deniedBy: ['shop/no-way (CiliumNetworkPolicy)'],
    });
  });

  it('is summed up on both nodes of the edge', () => {
    const map = ServiceMap.of([tally(drop), tally({ ...drop, destination: world })], 'workload');
    expect(map.nodes().map(({ id, drops }) => [id, drops])).toEqual([
      ['c/pay/api', 1],
      ['c/shop/web', 2],
      ['entity:world', 1],
    ]);
  });
});

describe('other verdicts', () => {
  it('are each the largest of their own counters', () => {
    const told = edge(
      [verdict('INGRESS', { verdict: 'AUDIT' }), 2],
      [verdict('EGRESS', { verdict: 'AUDIT' }), 3],
      [verdict('EGRESS', { verdict: 'REDIRECTED' }), 4],
      [http('REQUEST', { verdict: 'ERROR' }), 1],
      [at('TO_ENDPOINT', { verdict: 'SOME_FUTURE' }), 1],
    );
    expect(told.verdicts).toEqual({
      forwarded: 0,
      dropped: 0,
      audit: 3,
      redirected: 4,
      error: 1,
      some_future: 1,
    });
  });

  it('stay with the requests they are about when only redirected ones were seen', () => {
    const told = edge([verdict('EGRESS', { verdict: 'REDIRECTED' }), 4], [at('TO_ENDPOINT', answer), 4]);
    expect(told.oneSided).toBeUndefined();
  });
});

describe('layer 7', () => {
  const dns = { event_type: { type: 129 }, Type: 'L7', l7: { type: 'REQUEST', dns: { query: 'A.b.' } } };

  it('is told in numbers; routes and names are asked for of one edge', () => {
    const told = [http('REQUEST'), http('REQUEST'), http('RESPONSE', answer), dns].map((fields) =>
      tally({ is_reply: false, ...fields }),
    );
    const map = ServiceMap.of(told, 'workload');
    const counts = { requests: 2, responses: 1, methods: { GET: 2 }, statuses: { 200: 1 } };
    const [whole] = map.edges() as [MapEdge];
    const { http: requests, dns: queries } = whole;
    expect(requests).toEqual(counts);
    expect(queries).toEqual({ queries: 1, responses: 0, rcodes: {} });
    const detail = new EdgeDetail(nothingPinned);
    for (const one of told) if (map.isOf(whole, one)) detail.add(one);
    expect(detail.names()).toEqual({
      http: {
        routes: [
          {
            method: 'GET',
            path: '/',
            requests: 2,
            statuses: { 200: 1 },
            latency: { p50: null, p95: null, p99: null, measured: 0, of: 1 },
          },
        ],
        routesLeftOut: 0,
        requestsLeftOut: 0,
      },
      dns: { names: { 'a.b': 1 }, namesLeftOut: 0 },
    });
  });
});

describe('latency', () => {
  const after = (latency_ns?: string) => {
    const { l7, ...told } = http('RESPONSE', answer);
    return { ...told, l7: { ...l7, ...(latency_ns && { latency_ns }) } };
  };

  it('is of the answers that were measured, and says of how many', () => {
    const told = edge([http('REQUEST'), 4], [after('2000000'), 2], [after('90000000')], [after()]);
    expect(told.latency).toMatchObject({ measured: 3, of: 4 });
    expect(told.latency!.p50! / 2).toBeCloseTo(1, 1);
    expect(told.latency!.p99! / 90).toBeCloseTo(1, 1);
    expect(edge([http('REQUEST')]).latency).toBeUndefined();
  });
});

describe('TCP connections', () => {
  const packet = (flags: Fields, more: Fields = {}) =>
    at('TO_ENDPOINT', { ...more, l4: { TCP: { source_port: 41_822, destination_port: 80, flags } } });
  const back = (flags: Fields, more: Fields = {}) =>
    at('TO_ENDPOINT', {
      ...answer,
      ...more,
      l4: { TCP: { source_port: 80, destination_port: 41_822, flags } },
    });

  it('are counted as the best-placed observer saw them', () => {
    const onWay = { trace_observation_point: 'TO_STACK' };
    const told = edge(
      [packet({ SYN: true }), 5],
      [packet({ SYN: true }, onWay), 4],
      [back({ SYN: true, ACK: true }), 3],
      [back({ SYN: true, ACK: true }, onWay), 2],
      [back({ RST: true }), 2],
      [packet({ RST: true, ACK: true })],
      [packet({ ACK: true }), 9],
    );
    expect(told.tcp).toEqual({ attempts: 5, accepted: 3, resets: 3 });
  });

  it('were not attempted where policy dropped them, and were where they were accepted', () => {
    expect(edge([{ ...drop, ...packet({ SYN: true }) }, 2], [back({ SYN: true, ACK: true })]).tcp).toEqual({
      attempts: 1,
      accepted: 1,
      resets: 0,
    });
    expect(edge([packet({ ACK: true })]).tcp).toBeUndefined();
    expect(edge([{ ...drop, ...packet({ SYN: true }) }, 2]).tcp).toBeUndefined();
  });

  it('may have been accepted where no packet of the server was seen', () => {
    const syn = { l4: { TCP: { source_port: 41_822, destination_port: 80, flags: { SYN: true } } } };
    const told: [Fields, number?][] = [
      [verdict('EGRESS', syn), 2],
      [packet({ SYN: true })],
      [http('RESPONSE', answer)],
    ];
    expect(edge(...told).tcp).toEqual({
      attempts: 2,
      accepted: null,
      resets: 0,
    });
    expect(edge([packet({ SYN: true }), 2], [back({ RST: true, ACK: true }), 2]).tcp).toEqual({
      attempts: 2,
      accepted: 0,
      resets: 2,
    });
  });
});

describe('protection', () => {
  it('is the share of trace events that were encrypted, and how ends proved who they are', () => {
    const wire = { IP: { source: '10.0.1.5', destination: '10.0.2.7', ipVersion: 'IPv4', encrypted: true } };
    const told = edge(
      [at('TO_NETWORK', wire), 2],
      [at('TO_ENDPOINT'), 1],
      [verdict('EGRESS', { auth_type: 'SPIRE' }), 3],
      [verdict('EGRESS', { auth_type: 'DISABLED' }), 1],
    );
    expect(told).toMatchObject({ encrypted: { flows: 2, of: 3 }, auth: { SPIRE: 3 } });
    expect(edge([at('TO_ENDPOINT')])).not.toHaveProperty('encrypted');
    expect(edge([at('TO_ENDPOINT')])).not.toHaveProperty('auth');
  });
});

describe('sockets', () => {
  it('never make an edge', () => {
    expect(edges([socket, 5])).toEqual([]);
    expect(ServiceMap.of([tally(socket)], 'workload').nodes()).toEqual([]);
  });

  it('add to an edge that other records made', () => {
    const told = edge([at('TO_ENDPOINT'), 2], [socket, 5]);
    expect(told.verdicts).toMatchObject({ forwarded: 2, traced: 5 });
  });

  it('without a port add to the one edge of their pair, and to none where there are several', () => {
    const portless = { ...socket, l4: { TCP: { source_port: 41_822 } } };
    expect(edge([at('TO_ENDPOINT'), 2], [portless, 5]).verdicts['traced']).toBe(5);
    const other = { l4: { TCP: { source_port: 41_822, destination_port: 443 } } };
    const several = edges([at('TO_ENDPOINT')], [at('TO_ENDPOINT', other)], [portless, 5]);
    expect(several.map(({ verdicts }) => verdicts['traced'])).toEqual([undefined, undefined]);
    const udp = { l4: { UDP: { source_port: 41_822, destination_port: 53 } } };
    const protocols = edges([at('TO_ENDPOINT')], [at('TO_ENDPOINT', udp)], [portless, 5]);
    expect(protocols.map(({ protocol, verdicts }) => [protocol, verdicts['traced']]).sort()).toEqual([
      ['TCP', 5],
      ['UDP', undefined],
    ]);
  });

  it('do not change when an edge and its nodes were seen', () => {
    const late = { ...socket, time: '2026-06-01T12:00:00Z' };
    expect(edge([at('TO_ENDPOINT')], [late]).lastSeen).toBe('2026-06-01T10:00:00Z');
  });
});
