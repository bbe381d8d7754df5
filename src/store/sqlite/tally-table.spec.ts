import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowRecordOf, newFlow, pod, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import type { Flow } from '../../domain/flow/flow.js';
import { tallyPorts, type Tally } from '../../domain/service-map/tally.js';
import { everyone } from '../../domain/viewer.js';

const newFolder = temporaryFolders();

const told = fc.record({
  pod: fc.constantFrom('shop/web-0', 'shop/web-1'),
  is_reply: fc.constantFrom(true, false, null),
  node_name: fc.constantFrom('c/n1', 'c/n2'),
  url: fc.constantFrom(undefined, 'http://x/a', 'http://x/b'),
  sourcePort: fc.constantFrom(1, 80, 65_535),
  destinationPort: fc.constantFrom(2, 80, 65_535),
  second: fc.nat(59),
  aggregate: fc.constantFrom(undefined, { ingress_flow_count: 7 }),
});
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

function recordOf(
  { pod: name, is_reply, node_name, url, sourcePort, destinationPort, second, aggregate }: Told,
  i: number,
) {
  return record({
    uuid: `flow ${i}`,
    time: `2026-06-01T10:00:${String(second).padStart(2, '0')}Z`,
    source: pod(name),
    l4: { TCP: { source_port: sourcePort, destination_port: destinationPort } },
    ...(url === undefined ? {} : { l7: { type: 'REQUEST', http: { method: 'GET', url } } }),
    is_reply,
    node_name,
    aggregate,
  });
}

describe('the tallies of a segment', () => {
  it('group flows by all that the map tells apart, and sum up weights and times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 40 }), async (list) => {
        const { writer, store, close } = openSqlite(newFolder());
        const texts = list.map((one, i) => JSON.stringify(recordOf(one, i)));
        for (const text of texts) writer.append(newFlow(text));
        await writer.commit();
        const tallies: Tally[] = [];
        for await (const batch of store.tallies(everyone, { filter: everything, window: always })) {
          tallies.push(...batch.tallies);
        }
        await close();
        expect(new Map(tallies.map((tally) => [keyOf(tally), sumOf(tally)]))).toEqual(grouped(texts));
      }),
      { numRuns: 25 },
    );
  });

  it('keep the ports of both ends only where nobody knows the client', () => {
    const ports = [false, true, undefined].map((is_reply) => {
      const l4 = { UDP: { source_port: 1, destination_port: 2 } };
      return tallyPorts(newFlow(JSON.stringify(record({ is_reply, l4 }))).flow);
    });
    expect(ports).toEqual([
      { sourcePort: 0, destinationPort: 2 },
      { sourcePort: 1, destinationPort: 0 },
      { sourcePort: 1, destinationPort: 2 },
    ]);
  });
});

function keyOf(flow: Omit<Flow, 'latency' | 'isPaired'>): string {
  const { source, traits, node, l7, sourcePort, destinationPort } = flow;
  return [source.pod, traits.isReply, node, l7?.http?.url, sourcePort, destinationPort].join();
}

function sumOf({ weight, first, last, lastSeq }: Tally) {
  return { weight, first, last, lastSeq };
}

/** The plain way: one flow after another. */
function grouped(texts: readonly string[]): Map<string, ReturnType<typeof sumOf>> {
  const groups = new Map<string, ReturnType<typeof sumOf>>();
  const reader = new FlowReader();
  for (const [i, text] of texts.entries()) {
    const flow = reader.read(flowRecordOf(JSON.parse(text)));
    const key = keyOf({ ...flow, ...tallyPorts(flow) });
    const { time = 0n, weight } = flow;
    const group = groups.get(key) ?? { weight: 0, first: time, last: time, lastSeq: i + 1 };
    groups.set(key, {
      weight: group.weight + weight,
      first: time < group.first ? time : group.first,
      last: time > group.last ? time : group.last,
      lastSeq: i + 1,
    });
  }
  return groups;
}
