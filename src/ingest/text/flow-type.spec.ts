import { describe, expect, it } from '@jest/globals';
import { dropReasons } from '../../domain/flow/drop-reason.js';
import { readFlowType } from './flow-type.js';

const fields = (text: string, verdict = 'FORWARDED') => readFlowType(text, verdict)?.fields;

describe('the type column', () => {
  it.each([
    ['to-endpoint', { type: 4 }, 'TO_ENDPOINT'],
    ['to-network', { type: 4, sub_type: 11 }, 'TO_NETWORK'],
    ['from-overlay', { type: 4, sub_type: 9 }, 'FROM_OVERLAY'],
    ['to-crypto', { type: 4, sub_type: 13 }, 'TO_CRYPTO'],
    ['to-moon', { type: 4 }, 'TO_MOON'],
  ])('says %s of a trace', (text, event_type, trace_observation_point) => {
    expect(fields(text)).toEqual({ Type: 'L3_L4', event_type, trace_observation_point });
  });

  it.each([
    ['policy-verdict:L3-L4 INGRESS', { policy_match_type: 2, traffic_direction: 'INGRESS' }],
    ['policy-verdict:none EGRESS', { traffic_direction: 'EGRESS' }],
    ['policy-verdict:none TRAFFIC_DIRECTION_UNKNOWN', {}],
    ['policy-verdict:L3-Only', { policy_match_type: 1 }],
    ['policy-verdict:unknown EGRESS', { traffic_direction: 'EGRESS' }],
    ['policy-verdict:9 INGRESS', { policy_match_type: 9, traffic_direction: 'INGRESS' }],
    ['L4-Only', { policy_match_type: 3 }],
    ['all', { policy_match_type: 4 }],
    ['none', {}],
  ])('says %s of a policy verdict', (text, more) => {
    expect(fields(text)).toEqual({ Type: 'L3_L4', event_type: { type: 5 }, ...more });
  });

  it('says each reason for which Cilium drops', () => {
    const numbered = dropReasons.filter(({ number }) => number > 0);
    expect(numbered.length).toBeGreaterThan(70);
    for (const { text, number, name } of numbered) {
      expect(fields(text, 'DROPPED')).toEqual({
        Type: 'L3_L4',
        event_type: { type: 1, sub_type: number },
        drop_reason: number,
        drop_reason_desc: name,
      });
    }
  });

  it.each([
    ['Policy denied (L3)', 133, 'POLICY_DENIED'],
    ['Policy denied (CIDR)', 133, 'POLICY_DENIED'],
    ['CT: Missing TCP ACK flag', 136, 'CT_MISSING_TCP_ACK_FLAG'],
    ['181', 181, 'POLICY_DENY'],
  ])('says a reason as earlier versions did: %s', (text, number, name) => {
    expect(fields(text, 'DROPPED')).toMatchObject({ drop_reason: number, drop_reason_desc: name });
  });

  it('keeps a drop for a reason that is not known yet, and one for a number', () => {
    expect(fields('Eaten by a grue', 'DROPPED')).toEqual({ Type: 'L3_L4', event_type: { type: 1 } });
    expect(fields('250', 'DROPPED')).toMatchObject({
      event_type: { type: 1, sub_type: 250 },
      drop_reason: 250,
    });
  });

  it('says the number of a point that the printer did not know, which is no reason', () => {
    expect(fields('12')).toEqual({
      Type: 'L3_L4',
      event_type: { type: 4, sub_type: 12 },
      trace_observation_point: 'FROM_CRYPTO',
    });
    expect(fields('99')).toEqual({ Type: 'L3_L4', event_type: { type: 4, sub_type: 99 } });
    expect(fields('199, 0', 'FORWARDED')).toMatchObject({ drop_reason: 199 });
  });

  it('says a socket, a capture, a message, and nothing', () => {
    expect(fields('post-xlate-rev', 'TRANSLATED')).toEqual({
      Type: 'SOCK',
      event_type: { type: 7, sub_type: 4 },
      sock_xlate_point: 'SOCK_XLATE_POINT_POST_DIRECTION_REV',
    });
    expect(fields('SOCK_XLATE_POINT_UNKNOWN', 'TRACED')).toEqual({ Type: 'SOCK', event_type: { type: 7 } });
    expect(fields('DBG_CAPTURE_FROM_LB', '')).toMatchObject({
      event_type: { type: 3, sub_type: 5 },
      debug_capture_point: 'DBG_CAPTURE_FROM_LB',
    });
    expect(readFlowType('dns-response proxy', 'FORWARDED')).toEqual({
      fields: { Type: 'L7', event_type: { type: 129 } },
      l7: { kind: 'dns', type: 'RESPONSE', observationSource: 'proxy' },
    });
    expect(fields('UNKNOWN')).toEqual({});
    expect(fields('took its time')).toBeUndefined();
  });
});
