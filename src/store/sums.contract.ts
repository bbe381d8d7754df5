import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everything } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import type { Flow, RecordedFlow } from '../domain/flow/flow.js';
import { podKey, shownAs, withoutGeneratedSuffix } from '../domain/flow/node-identity.js';
import { isForetold } from '../domain/service-map/foretold.js';
import { Grain } from '../domain/service-map/grain.js';
import { Lore } from '../domain/service-map/lore.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import { everyone, scopeOf, type Viewer } from '../domain/viewer.js';
import { filterWords, flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { pod, record, toTally, words } from '../../test/support/make-flow.js';
import type { ScanQuery } from './queries.js';
import { append, hold, naive, opening, RUNS, type OpenedStore } from './opened.contract.js';

const grains = [
  'cluster',
  'namespace',
  'workload',
  new Grain('namespace', { expand: ['shop'], collapse: [] }),
  new Grain('workload', { expand: [], collapse: ['pay'] }),
] as const;
/** Some, none, or beyond all. */
const numbers = fc.record({ afterSeq: fc.nat(8), upTo: fc.nat(12) });
const shopkeeper: Viewer = { name: 'shopkeeper', namespaces: ['shop'] };

/** What every store's sums of a window must tell. */
export function sumsContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  describe(`${name}: sums`, () => {
    it('give the same map as the single flows, at the levels of workloads and above, of any filter and window', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), filterWords, windows, numbers, (texts, asked, window, between) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            const queries = [
              { filter: everything, window: always },
              { filter: everything, window: always, ...between },
              { filter: parseFilter(words(asked)), window, ...between },
              { filter: everything, window },
              { filter: parseFilter(words(asked)), window },
            ];
            for (const query of queries) await expectSameMap(at, held, everyone, query);
            await expectSameMap(at, held, shopkeeper, { filter: everything, window });
          }),
        ),
        { numRuns: RUNS.numRuns * 3 },
      ));

    it('tell labels that all pods of a workload have, and none that only sockets told', () =>
      opened(async (at) => {
        const web = (name: string, labels: string[]) => pod(`shop/${name}`, 'web', { labels });
        const sock = { verdict: 'TRACED', Type: 'SOCK', event_type: { type: 7 } };
        const told = [
          { uuid: '1', source: web('web-0', ['a', 'b', 'c']) },
          { uuid: '2', source: web('web-1', ['b', 'c']) },
          { uuid: '3', source: web('web-2', []) },
          { uuid: '4', source: web('web-3', ['c']), ...sock },
        ];
        await append(
          at,
          told.map((fields) => jsonText(record(fields))),
        );
        const sums = await at.store.sums(everyone, { filter: everything, window: always });
        const map = ServiceMap.of(sums.tallies, 'workload', sums.ends);
        expect(map.node('c/shop/web')?.labels).toEqual(['b', 'c']);
        expect(sums.upTo).toBe(4);
      }));
  });

  describe(`${name}: drops`, () => {
    it('have as their example the one that arrived last, whenever it was and whoever saw it', () =>
      opened(async (at) => {
        const drop = (uuid: string, node: string, time: string) =>
          jsonText(record({ uuid, verdict: 'DROPPED', node_name: node, time }));
        await append(at, [
          drop('1', 'c/n1', '2026-06-01T10:00:01Z'),
          drop('2', 'c/n1', '2026-06-01T10:00:03Z'),
          drop('3', 'c/n2', '2026-06-01T10:00:02Z'),
          drop('4', 'c/n1', '2026-06-01T10:00:00Z'),
        ]);
        for (const withoutNodes of [true, false]) {
          const query = { filter: everything, window: always, withoutNodes };
          const { tallies } = await at.store.drops(everyone, query);
          expect(Math.max(...tallies.map(({ lastSeq }) => lastSeq))).toBe(4);
        }
      }));

    it('are all dropped flows, and name the same workloads as all flows do', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), filterWords, windows, (texts, asked, window) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            for (const filter of [everything, parseFilter(words(asked))]) {
              const flows = naive(held, { filter, window }).map((seq) => toTally(held[seq - 1]!, seq));
              const drops = flows.filter(({ traits }) => traits.verdict === 'DROPPED');
              const told = await at.store.drops(everyone, { filter, window });
              const [mine, theirs] = [new Lore(), new Lore()];
              mine.learnPods(told.unforetold);
              mine.learn(told.tallies);
              theirs.learn(flows);
              expect(counted(told.tallies, mine)).toEqual(counted(drops, theirs));
              const nodeless = await at.store.drops(everyone, { filter, window, withoutNodes: true });
              expect(counted(nodeless.tallies.map(withoutNode), mine)).toEqual(
                counted(drops.map(withoutNode), theirs),
              );
            }
          }),
        ),
        RUNS,
      ));
  });

  async function expectSameMap(
    { store }: OpenedStore,
    held: readonly RecordedFlow[],
    viewer: Viewer,
    query: ScanQuery,
  ): Promise<void> {
    const scope = scopeOf(viewer) ?? (() => true);
    const { afterSeq = 0, upTo = Infinity } = query;
    const seqs = naive(held, query).filter((seq) => seq > afterSeq && seq <= upTo && scope(held[seq - 1]!));
    const sums = await store.sums(viewer, query);
    const flows = seqs.map((seq) => held[seq - 1]!);
    if (!isForetold(sums.pods)) expect(flows.some((flow) => isAnother(flow, flows))).toBe(true);
    else {
      const single = flows.map((flow, i) => toTally(flow, seqs[i]));
      for (const grain of grains) {
        const told = ServiceMap.of(sums.tallies, grain, sums.ends);
        const plain = ServiceMap.of(single, grain);
        expect({ nodes: told.nodes(), edges: told.edges() }).toEqual({
          nodes: plain.nodes(),
          edges: plain.edges(),
        });
      }
    }
  }
}

/** By ends, what was told and port: how many, and which was the last. */
function counted(tallies: readonly Tally[], lore: Lore): Record<string, { flows: number; last: number }> {
  const counts: Record<string, { flows: number; last: number }> = {};
  for (const { source, destination, traits, policies, node, destinationPort, weight, lastSeq } of tallies) {
    const ends = [source, destination].map((end) => lore.workloadNode(end).id);
    const count = (counts[JSON.stringify([ends, traits, policies, node, destinationPort])] ??= {
      flows: 0,
      last: 0,
    });
    count.flows += weight;
    count.last = Math.max(count.last, lastSeq);
  }
  return counts;
}

const withoutNode = (tally: Tally): Tally => ({ ...tally, node: '' });

/** It tells another workload of a pod than the one that others foretell, who do not tell it. */
function isAnother({ source, destination }: Flow, flows: readonly Flow[]): boolean {
  return [source, destination]
    .map(shownAs)
    .some(
      (told) =>
        told.workloads.length > 0 &&
        told.workloads[0]?.name !== withoutGeneratedSuffix(told.pod) &&
        flows
          .flatMap((flow) => [flow.source, flow.destination].map(shownAs))
          .some((end) => end.workloads.length === 0 && end.pod !== '' && podKey(end) === podKey(told)),
    );
}
