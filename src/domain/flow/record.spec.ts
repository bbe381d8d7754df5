import { describe, expect, it } from '@jest/globals';
import { recogniseRecord } from './record.js';

describe('a record is recognised', () => {
  it('as a flow in its envelope, or bare', () => {
    const flow = { verdict: 'FORWARDED', time: '2026-06-01T10:00:00Z' };
    const enveloped = { flow, node_name: 'n', secret_key: 1 };
    expect(recogniseRecord(enveloped)).toEqual({ kind: 'flow', flow, envelope: enveloped });
    expect(recogniseRecord(flow)).toEqual({ kind: 'flow', flow, envelope: {} });
  });

  it.each([
    ['an empty flow that a mask left', { flow: {} }],
    ['nothing but a verdict', { verdict: 'DROPPED' }],
    ['nothing but what a later version may tell', { flow: { later: 1 }, node_name: 'n' }],
    ['nothing else, whatever is in it', { flow: { '': '' } }],
    ['one with members of a log pipeline beside it', { flow: { uuid: 'u' }, '@timestamp': 'x' }],
    ['a verdict as a number', { verdict: 2, Type: 'L3_L4' }],
    ['no verdict, but both ends and what lies between', { source: {}, destination: {}, l4: { TCP: {} } }],
  ])('as a flow: %s', (_, value) => {
    expect(recogniseRecord(value)?.kind).toBe('flow');
  });

  it.each(['node_status', 'agent_event', 'debug_event'])('as %s, with its node and time', (kind) => {
    expect(recogniseRecord({ [kind]: {}, node_name: 'n', time: '1970-01-01T00:00:01Z' })).toEqual({
      kind,
      node: 'n',
      time: 1_000_000_000n,
      lost: undefined,
    });
  });

  it('as lost events, in an envelope or bare, with the number as text or number, in either spelling', () => {
    const lost = { source: 'HUBBLE_RING_BUFFER', num_events_lost: '12', first: '1970-01-01T00:00:00Z' };
    const expected = { source: 'HUBBLE_RING_BUFFER', events: 12, first: 0n, last: undefined };
    expect(recogniseRecord({ lost_events: lost, node_name: 'n' })).toMatchObject({
      kind: 'lost_events',
      node: 'n',
      lost: expected,
    });
    expect(recogniseRecord(lost)).toMatchObject({ kind: 'lost_events', lost: expected });
    const camel = { lostEvents: { ...lost, num_events_lost: undefined, numEventsLost: 12 }, nodeName: 'n' };
    expect(recogniseRecord(camel)).toMatchObject({ kind: 'lost_events', node: 'n', lost: expected });
  });

  it.each([
    [18_446_744_073_709_551_615n.toString(), Number.MAX_SAFE_INTEGER],
    ['9223372036854775808', Number.MAX_SAFE_INTEGER],
    [1e300, Number.MAX_SAFE_INTEGER],
    [1.5, 1],
    [-5, 0],
    ['many', 0],
  ])('as lost events, of which %j are so many as can be stored', (told, events) => {
    const record = recogniseRecord({ lost_events: { num_events_lost: told } });
    expect(record).toMatchObject({ lost: { events } });
  });

  it.each([
    ['nothing', null],
    ['a text', 'flow'],
    ['a list', [{ flow: {} }]],
    ['an empty object', {}],
    ['a flow that is no object', { flow: 'x' }],
    ["a log line with a verdict that is no flow's", { verdict: {}, msg: 'x' }],
    ['a verdict among foreign words', { verdict: 'guilty', court: 'high' }],
    ['two ends alone', { source: {}, destination: {} }],
    ['a flow of Suricata', { event_type: 'flow', src_ip: '1.1.1.1', flow: { pkts_toserver: 5, age: 0 } }],
    ['another product', { ClusterName: 'c', HostName: 'h', Source: '/bin/sh', Operation: 'File' }],
  ])('as none: %s', (_, value) => {
    expect(recogniseRecord(value)).toBeUndefined();
  });
});
