import { describe, expect, it } from '@jest/globals';
import { flow, flowRecordOf } from '../../../test/support/make-flow.js';
import { FlowReader } from './flow-reader.js';

describe('reading a flow', () => {
  const snake = {
    flow: {
      time: '2026-06-01T10:00:00.5Z',
      uuid: 'u',
      verdict: 'DROPPED',
      drop_reason_desc: 'POLICY_DENIED',
      auth_type: 'SPIRE',
      IP: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 'IPv4', encrypted: true },
      l4: { TCP: { source_port: 1, destination_port: 2, flags: { SYN: true, FIN: false, ACK: true } } },
      source: {
        identity: 5,
        cluster_name: 'c',
        namespace: 'n',
        pod_name: 'p',
        labels: ['k8s:a=b'],
        workloads: [{ name: 'w', kind: 'K' }],
      },
      destination: {},
      Type: 'L3_L4',
      node_name: 'c/n1',
      node_labels: ['a=b'],
      source_names: ['x'],
      is_reply: false,
      event_type: { type: 1, sub_type: 133 },
      source_service: { name: 's', namespace: 'sn' },
      traffic_direction: 'INGRESS',
      policy_match_type: 2,
      trace_observation_point: 'TO_STACK',
      trace_reason: 'NEW',
      egress_denied_by: [{ name: 'p1', namespace: 'n', kind: 'CiliumNetworkPolicy' }],
      ingress_allowed_by: [{ name: 'p2' }, { labels: ['x'] }],
      aggregate: { ingress_flow_count: 3, egress_flow_count: 4, unknown_direction_flow_count: 5 },
    },
  };

  it('takes every field that the map and the filters look at', () => {
    const read = new FlowReader().read(flowRecordOf(snake));
    expect(read).toMatchObject({
      time: 1_780_308_000_500_000_000n,
      uuid: 'u',
      sourcePort: 1,
      destinationPort: 2,
      node: 'c/n1',
      nodeLabels: ['a=b'],
      weight: 12,
      source: {
        ip: '10.0.0.1',
        identity: 5,
        cluster: 'c',
        namespace: 'n',
        pod: 'p',
        names: ['x'],
        service: 's',
        serviceNamespace: 'sn',
        labels: ['k8s:a=b'],
        workloads: [{ name: 'w', kind: 'K' }],
      },
      traits: {
        verdict: 'DROPPED',
        dropReason: 'POLICY_DENIED',
        type: 'L3_L4',
        eventType: 1,
        subType: 133,
        direction: 'INGRESS',
        isReply: false,
        observationPoint: 'TO_STACK',
        traceReason: 'NEW',
        protocol: 'TCP',
        tcpFlags: 'SYN,ACK',
        icmpType: -1,
        ipVersion: 'IPv4',
        encrypted: true,
        authType: 'SPIRE',
        policyMatchType: 2,
      },
    });
  });

  it('takes the same from camelCase keys, as other writers of protojson use', () => {
    const flow = Object.fromEntries(
      Object.entries(snake.flow)
        .filter(([key]) => !key.endsWith('_by'))
        .map(([key, value]) => [camel(key), value]),
    );
    const nested = JSON.parse(
      JSON.stringify(flow).replace(/"(\w+)":/g, (_, key: string) => `"${camel(key)}":`),
    ) as object;
    const expected = new FlowReader().read(flowRecordOf(snake));
    const read = new FlowReader().read(flowRecordOf({ flow: nested }));
    expect(read.traits).toEqual(expected.traits);
    expect({ ...read.source, raw: {} }).toEqual({ ...expected.source, raw: {} });
    expect(read).toMatchObject({
      sourcePort: 1,
      destinationPort: 2,
      node: 'c/n1',
      nodeLabels: ['a=b'],
      weight: 12,
      uuid: 'u',
    });
  });

  it('takes policies from camelCase keys, too', () => {
    const denied = [{ name: 'p', namespace: 'n' }];
    expect(flow({ egressDeniedBy: denied }).policies.deniedBy).toEqual(['n/p']);
    expect(flow({ ingressAllowedBy: denied }).policies.allowedBy).toEqual(['n/p']);
  });

  it('takes enums as numbers, and keeps names and numbers that it does not know', () => {
    const numbers = flow({
      verdict: 2,
      Type: 1,
      traffic_direction: 2,
      trace_reason: 3,
      drop_reason_desc: 133,
      trace_observation_point: 101,
      auth_type: 1,
    });
    expect(numbers.traits).toMatchObject({
      verdict: 'DROPPED',
      type: 'L3_L4',
      direction: 'EGRESS',
      traceReason: 'REPLY',
      dropReason: 'POLICY_DENIED',
      observationPoint: 'TO_ENDPOINT',
      authType: 'SPIRE',
    });
    expect(flow({ verdict: 99, Type: 'FUTURE' }).traits).toMatchObject({ verdict: '99', type: 'FUTURE' });
    expect(flow({ drop_reason: 181 }).traits.dropReason).toBe('POLICY_DENY');
    expect(flow({ drop_reason: 250 }).traits.dropReason).toBe('250');
    expect(flow({ l7: { type: 2, http: { code: 200 } } }).l7).toMatchObject({
      type: 'RESPONSE',
      http: { status: 200 },
    });
  });

  it('takes numbers as texts, of 32 and of 64 bits', () => {
    const texts = flow({
      l4: { TCP: { source_port: '80', destination_port: '65535' } },
      aggregate: { ingress_flow_count: '7' },
      source: { identity: '12' },
    });
    expect(texts).toMatchObject({
      sourcePort: 80,
      destinationPort: 65_535,
      weight: 7,
      source: { identity: 12 },
    });
  });

  it.each([-1, 65_536, 1.5, 'x', {}, null])('has no port where the record says %j', (port) => {
    expect(flow({ l4: { TCP: { source_port: port } } }).sourcePort).toBe(0);
  });

  it('reads what a field mask left, down to nothing', () => {
    const nothing = new FlowReader().read(flowRecordOf({ flow: {} }));
    expect(nothing).toMatchObject({
      time: undefined,
      uuid: '',
      sourcePort: 0,
      l7: undefined,
      weight: 1,
      node: '',
      nodeLabels: [],
    });
    expect(nothing.traits).toMatchObject({
      verdict: '',
      protocol: '',
      isReply: undefined,
      eventType: 0,
    });
    expect(nothing.source).toMatchObject({
      ip: '',
      identity: 0,
      namespace: '',
      pod: '',
      labels: [],
      workloads: [],
    });
  });

  it('takes time and node from the envelope where the flow does not say', () => {
    const read = new FlowReader().read(
      flowRecordOf({ flow: {}, node_name: 'c/n', time: '1970-01-01T00:00:01Z' }),
    );
    expect(read).toMatchObject({ time: 1_000_000_000n, node: 'c/n' });
  });

  it('takes null and values of the wrong kind for absent', () => {
    const odd = {
      time: 5,
      uuid: null,
      source: null,
      destination: 'x',
      l4: [],
      l7: 'x',
      IP: null,
      event_type: 4,
      is_reply: 'yes',
      node_labels: {},
      aggregate: null,
      source_names: 'x',
    };
    expect(flow(odd)).toMatchObject({
      time: undefined,
      uuid: '',
      weight: 1,
      l7: undefined,
      nodeLabels: [],
      traits: { isReply: undefined, eventType: 0 },
    });
  });

  it('knows three states of is_reply, and the reply of old versions', () => {
    expect([true, false, undefined].map((is_reply) => flow({ is_reply }).traits.isReply)).toEqual([
      true,
      false,
      undefined,
    ]);
    expect(flow({ is_reply: undefined, reply: true }).traits.isReply).toBe(true);
    expect(flow({ is_reply: undefined, reply: false }).traits.isReply).toBeUndefined();
  });

  it('hands out the same object for equal parts, and others for parts that differ', () => {
    const reader = new FlowReader();
    const read = (fields: object) =>
      reader.read(flowRecordOf(JSON.parse(JSON.stringify({ flow: { ...snake.flow, ...fields } }))));
    const [first, second, other] = [
      read({}),
      read({ uuid: 'v' }),
      read({ node_name: 'n2', source: { pod_name: 'q' }, node_labels: ['c'] }),
    ];
    expect(second.source).toBe(first.source);
    expect(second.traits).toBe(first.traits);
    expect(second.nodeLabels).toBe(first.nodeLabels);
    expect(other.source).not.toBe(first.source);
    expect(other.node).toBe('n2');
    expect(other.nodeLabels).toEqual(['c']);
  });

  it('tells traits apart whose texts would read alike side by side', () => {
    const reader = new FlowReader();
    const verdicts = [
      { verdict: 'A B', drop_reason_desc: 'C' },
      { verdict: 'A', drop_reason_desc: 'B C' },
    ];
    const read = verdicts.map((fields) => reader.read(flowRecordOf({ flow: fields })).traits.verdict);
    expect(read).toEqual(['A B', 'A']);
  });
});

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
