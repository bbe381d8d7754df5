import { describe, expect, it } from '@jest/globals';
import { flow, pod } from '../../../test/support/make-flow.js';
import { FlowReader } from '../flow/flow-reader.js';
import { allFields, fieldsOf, missingOf, usualFields } from './fields.js';

const whole = {
  uuid: '5b1f0a1e-0001-4000-8000-000000000001',
  traffic_direction: 'EGRESS',
  source: pod('shop/web-0', 'web', { labels: ['k8s:app=web'] }),
};

describe('the fields that a flow carries', () => {
  it('are all of the usual ones for what Hubble writes', () => {
    expect(fieldsOf(flow(whole))).toBe(allFields);
    expect(missingOf(fieldsOf(flow(whole)), 1_000)).toEqual([]);
  });

  const without = (name: string) => {
    const { [name]: _, ...source } = whole.source as Record<string, unknown>;
    return { source, destination: { [name]: undefined } };
  };
  const masks: Record<(typeof usualFields)[number], Record<string, unknown>> = {
    time: { time: undefined },
    uuid: { uuid: undefined },
    verdict: { verdict: undefined },
    IP: { IP: {} },
    l4: { l4: undefined },
    identity: without('identity'),
    labels: without('labels'),
    Type: { Type: undefined },
    event_type: { event_type: {} },
    node_name: { node_name: undefined },
    namespace: without('namespace'),
    pod_name: without('pod_name'),
    workloads: without('workloads'),
    is_reply: { is_reply: undefined },
    traffic_direction: { traffic_direction: undefined },
  };
  for (const [field, fields] of Object.entries(masks)) {
    it(`are without ${field} where a mask took it`, () => {
      const masked = {
        ...whole,
        destination: pod('pay/api-0', 'api', { labels: ['k8s:app=api'] }),
        ...fields,
      };
      expect(missingOf(fieldsOf(flow(masked)), 1_000)).toContain(field);
    });
  }

  it('are none of a flow that says nothing', () => {
    const empty = new FlowReader().read({ kind: 'flow', flow: {}, envelope: {} });
    expect(fieldsOf(empty)).toBe(0);
    expect(missingOf(0, 1_000)).toEqual([...usualFields]);
  });
});

describe('few flows', () => {
  it('may lack what only most flows have, without a mask', () => {
    expect(missingOf(0, 19)).toEqual([...usualFields].slice(0, 10));
    expect(missingOf(0, 20)).toEqual([...usualFields]);
  });
});
