import { describe, expect, it } from '@jest/globals';
import { flow } from '../../../test/support/make-flow.js';
import { clientSide, isReply } from './direction.js';

/** A flow that says nothing of its direction by itself. */
const silent = { is_reply: undefined, l4: { TCP: { source_port: 1, destination_port: 2 } } };

function told(fields: Record<string, unknown>) {
  const of = flow({ ...silent, ...fields });
  return { client: clientSide(of), reply: isReply(of) };
}

describe('the client of a flow', () => {
  it.each([
    ['is_reply false', { is_reply: false }],
    ['a request', { l7: { type: 'REQUEST', http: {} } }],
    ['a drop', { event_type: { type: 1, sub_type: 133 }, verdict: 'DROPPED' }],
    ['a policy verdict', { event_type: { type: 5 } }],
    ['a socket', { event_type: { type: 7 }, Type: 'SOCK' }],
    ['a dropped flow whose event type a mask took', { event_type: undefined, verdict: 'DROPPED' }],
    ['the first packet of a connection', { l4: { TCP: { flags: { SYN: true } } } }],
    ['an echo request', { l4: { ICMPv4: { type: 8 } } }],
  ])('is its source for %s', (_, fields) => {
    expect(told(fields)).toEqual({ client: 'source', reply: false });
  });

  it.each([
    ['is_reply true', { is_reply: true }],
    ['the old reply field', { reply: true }],
    ['the trace reason REPLY', { trace_reason: 'REPLY' }],
    ['a response', { l7: { type: 'RESPONSE', http: { code: 200 } } }],
    ['an answer to the first packet', { l4: { TCP: { flags: { SYN: true, ACK: true } } } }],
    ['an echo reply, whose type zero is left out', { l4: { ICMPv4: {} } }],
    ['an echo reply of IPv6', { l4: { ICMPv6: { type: 129 } } }],
  ])('is its destination for %s', (_, fields) => {
    expect(told(fields)).toEqual({ client: 'destination', reply: true });
  });

  it('is unknown where nothing tells it', () => {
    expect(told({})).toEqual({ client: undefined, reply: false });
    expect(told({ l4: { TCP: { flags: { ACK: true } } } })).toEqual({ client: undefined, reply: false });
    expect(told({ l4: { UDP: { source_port: 1 } } })).toEqual({ client: undefined, reply: false });
  });

  it('is what is_reply says, whatever else the record holds', () => {
    const answer = { l7: { type: 'RESPONSE', http: {} }, trace_reason: 'REPLY', is_reply: false };
    expect(told(answer)).toEqual({ client: 'source', reply: false });
  });

  it('of a dropped SYN-ACK is the side that sent it, as of any drop', () => {
    const drop = {
      event_type: { type: 1 },
      verdict: 'DROPPED',
      l4: { TCP: { flags: { SYN: true, ACK: true } } },
    };
    expect(told(drop)).toEqual({ client: 'source', reply: false });
  });
});
