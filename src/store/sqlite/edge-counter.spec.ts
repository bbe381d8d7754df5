import { describe, expect, it } from '@jest/globals';
import { EventType, type Endpoint } from '../../domain/flow/flow.js';
import { flow } from '../../../test/support/make-flow.js';
import { EdgeCounter, type CountedRows, type Numbering } from './edge-counter.js';
import { emptySegmentColumns } from './segment-columns.js';

const packet = flow();
const { policies } = packet;
/** By number of the template. */
const traits = [packet.traits, { ...packet.traits, eventType: EventType.traceSock }];
const PACKET = 0;
const SOCKET = 1;

/** One flow between ends 0 and 1 of a generation, of which it brings along those that are given. */
function oneFlow(template: number, endpoints: readonly Endpoint[]): CountedRows {
  return {
    generation: 1,
    firstSeq: 1,
    flows: 1,
    columns: {
      ...emptySegmentColumns(1),
      template: Uint32Array.of(template),
      destination: Uint32Array.of(1),
      weight: Uint32Array.of(1),
    },
    endpoint: (id) => {
      const found = endpoints[id];
      if (found === undefined) throw new RangeError(`end ${id} came with an earlier segment`);
      return found;
    },
    traits: (id) => traits[id] ?? packet.traits,
    policies: () => policies,
    l7: () => undefined,
    bucket: () => 0,
  };
}

describe('counting edges while they are stored', () => {
  it('asks for no end again that an earlier segment brought along, also when only sockets had met it', () => {
    const labelled: Endpoint[] = [];
    const parts: Numbering = {
      endOf: ({ ip }) => (ip === packet.source.ip ? 1 : 2),
      label: (endpoint) => labelled.push(endpoint),
      kindOf: ({ traits }) => ({
        id: 1,
        client: 'source',
        isDrop: false,
        isSocket: traits.eventType === EventType.traceSock,
        isAnswer: false,
      }),
    };
    const counter = new EdgeCounter(parts);
    const row = Uint32Array.of(0);
    counter.add(oneFlow(SOCKET, [packet.source, packet.destination]), row);
    expect(labelled).toEqual([]);
    counter.add(oneFlow(PACKET, []), row);
    counter.add(oneFlow(PACKET, []), row);
    expect(labelled).toEqual([packet.source, packet.destination]);
    expect([...counter.sums.all()].map(({ flows }) => flows)).toEqual([3]);
  });
});
