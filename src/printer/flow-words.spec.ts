import { describe, expect, it } from '@jest/globals';
import { compact, HEAD, type Fields } from '../../test/support/print.js';
import { coloured, type Style } from './style.js';

const ENDS = 'shop/web-0:41822 (ID:23001) -> pay/api-0:80 (ID:23001)';

/** What is printed behind the ends. */
function decision(fields: Fields, more: Partial<Style> = {}): string {
  const line = compact({ Summary: 'S', ...fields }, more);
  expect(line).toContain(`${HEAD}: ${ENDS} `);
  return line.slice(`${HEAD}: ${ENDS} `.length);
}

describe('the type of a flow', () => {
  const type = (fields: Fields) => decision(fields).replace(/ FORWARDED \(S\)$/, '');

  it('is the point where a packet was traced', () => {
    expect(type({ event_type: { type: 4 } })).toBe('to-endpoint');
    expect(type({ event_type: { type: 4, sub_type: 3 } })).toBe('to-stack');
    expect(type({ event_type: { type: 4, sub_type: 10 } })).toBe('from-network');
    expect(type({ event_type: { type: 4, sub_type: 13 } })).toBe('to-crypto');
    expect(type({ event_type: { type: 4, sub_type: 77 } })).toBe('77');
  });

  it('is why a packet was dropped', () => {
    expect(type({ event_type: { type: 1, sub_type: 133 } })).toBe('Policy denied');
    expect(type({ event_type: { type: 1, sub_type: 181 } })).toBe('Policy denied by denylist');
    expect(type({ event_type: { type: 1 } })).toBe('Success');
    expect(type({ event_type: { type: 1, sub_type: 15 } })).toBe('MTU error message');
    expect(type({ event_type: { type: 1, sub_type: 250 } })).toBe('250, 0');
  });

  it('is how a policy matched, and which way', () => {
    const verdict = { event_type: { type: 5 } };
    const of = (fields: Fields) => type({ ...verdict, ...fields }).replace(/ ALLOWED \(S\)$/, '');
    expect(of({ policy_match_type: 2, traffic_direction: 'INGRESS' })).toBe('policy-verdict:L3-L4 INGRESS');
    expect(of({ traffic_direction: 'EGRESS' })).toBe('policy-verdict:none EGRESS');
    expect(of({ policy_match_type: 6 })).toBe('policy-verdict:Proto-Only TRAFFIC_DIRECTION_UNKNOWN');
    expect(of({ policy_match_type: 44, traffic_direction: 9 })).toBe('policy-verdict:unknown 9');
  });

  it('is the point of a capture or of a translation at the socket', () => {
    expect(type({ event_type: { type: 3 }, debug_capture_point: 'DBG_CAPTURE_SNAT_PRE' })).toBe(
      'DBG_CAPTURE_SNAT_PRE',
    );
    expect(type({ event_type: { type: 3 }, debug_capture_point: 4 })).toBe('DBG_CAPTURE_DELIVERY');
    expect(type({ event_type: { type: 3 } })).toBe('DBG_CAPTURE_POINT_UNKNOWN');
    const socket = { event_type: { type: 7 } };
    expect(type({ ...socket, sock_xlate_point: 'SOCK_XLATE_POINT_PRE_DIRECTION_FWD' })).toBe('pre-xlate-fwd');
    expect(type({ ...socket, sock_xlate_point: 4 })).toBe('post-xlate-rev');
    expect(type(socket)).toBe('SOCK_XLATE_POINT_UNKNOWN');
    expect(type({ ...socket, sock_xlate_point: 'SOCK_XLATE_POINT_NEW' })).toBe('SOCK_XLATE_POINT_NEW');
  });

  it('is the message on layer 7', () => {
    const l7 = (message: Fields) => type({ event_type: { type: 129 }, l7: message });
    expect(l7({ type: 'REQUEST', http: { method: 'GET' } })).toBe('http-request');
    expect(l7({ type: 'RESPONSE', http: { code: 200 } })).toBe('http-response');
    expect(l7({ type: 'REQUEST', dns: { query: 'x.', observation_source: 'proxy' } })).toBe(
      'dns-request proxy',
    );
    expect(l7({ type: 'RESPONSE', dns: { rcode: 3 } })).toBe('dns-response ');
    expect(l7({ type: 'REQUEST', kafka: {} })).toBe('kafka-request');
    expect(l7({ type: 'SAMPLE' })).toBe('l7-sample');
    expect(l7({})).toBe('l7-unknown_l7_type');
    expect(l7({ type: 9, http: {} })).toBe('http-9');
  });

  it('is UNKNOWN where a mask took it', () => {
    expect(type({ event_type: undefined })).toBe('UNKNOWN');
    expect(type({ event_type: { type: 129 } })).toBe('UNKNOWN');
    expect(type({ event_type: { type: 42 } })).toBe('UNKNOWN');
  });
});

describe('the verdict of a flow', () => {
  const verdict = (fields: Fields, more: Partial<Style> = {}) =>
    decision(fields, more).replace(/^\S+(?: EGRESS| INGRESS| TRAFFIC_DIRECTION_UNKNOWN)? | \(S\)$/g, '');

  it('is the name of the enum, or its number where it has none', () => {
    for (const name of ['FORWARDED', 'DROPPED', 'ERROR', 'AUDIT', 'REDIRECTED', 'TRACED', 'TRANSLATED'])
      expect(verdict({ verdict: name })).toBe(name);
    expect(verdict({ verdict: undefined })).toBe('VERDICT_UNKNOWN');
    expect(verdict({ verdict: 2 })).toBe('DROPPED');
    expect(verdict({ verdict: 9 })).toBe('9');
    expect(verdict({ verdict: 'NEWER' })).toBe('NEWER');
  });

  const decided = { event_type: { type: 5 }, policy_match_type: 1 };

  it('is told in other words where a policy gave it', () => {
    expect(verdict({ ...decided, verdict: 'FORWARDED' })).toBe('ALLOWED');
    expect(verdict({ ...decided, verdict: 'REDIRECTED' })).toBe('ALLOWED');
    expect(verdict({ ...decided, verdict: 'DROPPED' })).toBe('DENIED');
    expect(verdict({ ...decided, verdict: 'ERROR' })).toBe('DENIED');
    expect(verdict({ ...decided, verdict: 'AUDIT' })).toBe('AUDITED');
  });

  it('names the policies of its direction when asked', () => {
    const by = (name: string, kind = 'CiliumNetworkPolicy') => ({ name, namespace: 'shop', kind });
    const policies = {
      egress_denied_by: [
        by('no-tracker'),
        by('', 'X'),
        { name: 'no-kind' },
        by('wide', 'CiliumClusterwideNetworkPolicy'),
      ],
      ingress_denied_by: [by('wrong')],
      ingress_allowed_by: [by('let-in')],
    };
    const denied = { ...decided, ...policies, verdict: 'DROPPED', traffic_direction: 'EGRESS' };
    const asked = { policyNames: true };
    expect(verdict(denied)).toBe('DENIED');
    expect(verdict(denied, asked)).toBe(
      'DENIED BY no-tracker (CiliumNetworkPolicy), wide (CiliumClusterwideNetworkPolicy)',
    );
    expect(verdict({ ...denied, verdict: 'FORWARDED', traffic_direction: 'INGRESS' }, asked)).toBe(
      'ALLOWED BY let-in (CiliumNetworkPolicy)',
    );
    expect(verdict({ ...denied, verdict: 'FORWARDED' }, asked)).toBe('ALLOWED');
    expect(verdict({ ...denied, verdict: 'AUDIT' }, asked)).toBe('AUDITED');
    expect(verdict({ ...denied, traffic_direction: undefined }, asked)).toBe('DENIED');
    expect(verdict({ ...denied, event_type: { type: 1, sub_type: 189 } }, asked)).toContain('DROPPED');
  });
});

describe('the summary of a flow', () => {
  const summary = (fields: Fields, more: Partial<Style> = {}) =>
    decision(fields, more).replace(/^to-endpoint FORWARDED /, '');

  it('is in the words of Hubble', () => {
    expect(summary({ Summary: 'HTTP/1.1 200 12ms (GET http://x/y?a=(b))' })).toBe(
      '(HTTP/1.1 200 12ms (GET http://x/y?a=(b)))',
    );
    expect(summary({ Summary: undefined })).toBe('()');
  });

  it('has the trace before it and the authentication behind', () => {
    const ip_trace_id = { trace_id: '18446744073709551615', ip_option_type: 136 };
    expect(summary({ ip_trace_id, auth_type: 'SPIRE' })).toBe(
      '(IP Trace ID: 18446744073709551615; S; Auth: SPIRE)',
    );
    expect(summary({ ip_trace_id: { trace_id: '0' }, auth_type: 'DISABLED' })).toBe('(S)');
    expect(summary({ auth_type: 2 })).toBe('(S; Auth: TEST_ALWAYS_FAIL)');
  });
});

describe('colours', () => {
  it('are those of Hubble', () => {
    const paint = (fields: Fields) => compact({ Summary: 'S', ...fields }, { paint: coloured });
    expect(paint({ auth_type: 'SPIRE' })).toBe(
      `${HEAD}: \u001b[36mshop/web-0:\u001b[33m41822\u001b[0m\u001b[0m \u001b[35m(ID:23001)\u001b[0m -> ` +
        '\u001b[36mpay/api-0:\u001b[33m80\u001b[0m\u001b[0m \u001b[35m(ID:23001)\u001b[0m ' +
        'to-endpoint \u001b[32mFORWARDED\u001b[0m (S; Auth: \u001b[32mSPIRE\u001b[0m)',
    );
    expect(paint({ verdict: 'DROPPED', auth_type: 'TEST_ALWAYS_FAIL' })).toMatch(
      // eslint-disable-next-line no-control-regex
      /\u001b\[31mDROPPED\u001b\[0m \(S; Auth: \u001b\[31mTEST_ALWAYS_FAIL/,
    );
    for (const verdict of ['AUDIT', 'TRACED', 'TRANSLATED'])
      expect(paint({ verdict })).toContain(`\u001b[33m${verdict}\u001b[0m`);
    expect(paint({ verdict: 'REDIRECTED' })).toContain('\u001b[32mREDIRECTED\u001b[0m');
    expect(paint({ verdict: undefined })).toContain(' VERDICT_UNKNOWN (');
  });
});
