import { describe, expect, it } from '@jest/globals';
import { readEventRow, readLostLine } from './events.js';
import type { Dating } from './printed-time.js';

const dating: Dating = { year: 2026, notAfter: 0, notAfterIs: 'the date of the file' };
const read = (text: string) => readLostLine(text, dating)?.['lost_events'];

describe('a line of lost events', () => {
  it.each([
    ['EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 12', 'HUBBLE_RING_BUFFER', '12', 0],
    [
      'unknown response type: &{LostEvents:source:PERF_EVENT_RING_BUFFER  num_events_lost:7  cpu:{value:3}}',
      'PERF_EVENT_RING_BUFFER',
      '7',
      3,
    ],
    [
      'unknown response type: &{LostEvents:source:OBSERVER_EVENTS_QUEUE num_events_lost:2 cpu:<> }',
      'OBSERVER_EVENTS_QUEUE',
      '2',
      0,
    ],
  ])('says how many of which were lost: %s', (text, source, num_events_lost, cpu) => {
    expect(read(text)).toEqual({ source, num_events_lost, cpu, first: undefined, last: undefined });
  });

  it.each([
    'unknown response type: &{NodeStatus:state_change:NODE_GONE}',
    'unknown response type: &{LostEvents:source:HUBBLE_RING_BUFFER}',
    'two EVENTS LOST in the crowd',
  ])('is not %p', (text) => {
    expect(read(text)).toBeUndefined();
  });
});

describe('a row of events', () => {
  const row = (text: string) => readEventRow(text, dating);
  const time = '2026-12-04T13:53:15.272Z';

  it('of the agent says which, when and where', () => {
    expect(row('Dec  4 13:53:15.272   prod/n1   ENDPOINT_CREATED   id: 12, namespace: a')).toEqual({
      agent_event: { type: 'ENDPOINT_CREATED' },
      node_name: 'prod/n1',
      time,
    });
    expect(row('> Dec  4 13:53:15.272   IPCACHE_DELETED   cidr: 10.0.0.7/32, identity: 3')).toEqual({
      agent_event: { type: 'IPCACHE_DELETED' },
      time,
    });
    expect(row('Dec  4 13:53:15.272   AGENT_STARTED   UNKNOWN')).toBeDefined();
  });

  it('of debugging says all', () => {
    expect(
      row('Dec  4 13:53:15.272   a/b (ID: 5)      DBG_CT_VERDICT   01 0x1a   CT verdict: New, revnat=0'),
    ).toEqual({
      debug_event: { type: 'DBG_CT_VERDICT', hash: 26, cpu: 1, message: 'CT verdict: New, revnat=0' },
      time,
    });
    expect(row('Dec  4 13:53:15.272   prod/n1   N/A      DBG_GENERIC   N/A N/A   hm')).toMatchObject({
      debug_event: { message: 'hm' },
      node_name: 'prod/n1',
    });
  });

  it.each([
    'Dec  4 13:53:15.272 myhost app: POLICY_UPDATED id: 4',
    'Dec  4 13:53:15.272 app: POLICY_UPDATED id: 4',
    'Dec  4 13:53:15.272 POLICY_UPDATED by somebody',
    'Dec  4 13:53:15.272 ENDPOINT_CREATED',
    'Dec  4 13:53:15.272 ID: 5 DBG_GENERIC was seen',
    'IPCACHE_UPSERTED   cidr: 10.0.0.7/32',
  ])('is not %p', (text) => {
    expect(row(text)).toBeUndefined();
  });
});
