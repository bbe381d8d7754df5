import { describe, expect, it } from '@jest/globals';
import { readLostLine } from './events.js';
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
