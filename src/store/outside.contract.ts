import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFilter } from '../domain/filter/expression/read-filter.js';
import { recordedFlow } from '../domain/flow/recorded-flow.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import { everyone } from '../domain/viewer.js';
import { filterWords, flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { newFlow, words } from '../../test/support/make-flow.js';
import type { FlowStore } from './flow-store.js';
import type { StoreQuery } from './queries.js';
import {
  append,
  ask,
  collect,
  hold,
  naive,
  NOW,
  opening,
  RUNS,
  type OpenedStore,
} from './opened.contract.js';

/** None, or one that flags could not say. */
const expressions = fc.constantFrom<string[]>(
  [],
  ['verdict = DROPPED or from-pod ~ "^shop/"'],
  ['not (port < 1024 or http-status >= 500) and latency != 1s'],
  ['to-namespace in (shop, pay)', 'reply = true'],
);

/** Everything that a store answers to a question. */
async function answers(store: FlowStore, query: StoreQuery): Promise<unknown> {
  const tallies = await collect(store.tallies(everyone, query));
  const sums = await store.sums(everyone, query);
  const map = (of: ServiceMap) => ({ nodes: of.nodes(), edges: of.edges() });
  return {
    ascending: await collect(store.find(everyone, ask({ ...query, order: 'asc' }))),
    descending: await collect(store.find(everyone, ask({ ...query, order: 'desc' }))),
    newest: await collect(store.find(everyone, ask({ ...query, order: 'desc', limit: 3 })), 3),
    scanned: (await collect(store.scan(everyone, query, ({ seq }) => seq))).flatMap(({ items }) => items),
    pods: map(
      ServiceMap.of(
        tallies.flatMap((batch) => batch.tallies),
        'pod',
      ),
    ),
    workloads: map(ServiceMap.of(sums.tallies, 'workload', sums.ends)),
    guesses: sums.pods,
    drops: (await store.drops(everyone, query)).tallies,
    records: (await collect(store.records(everyone, query))).map(({ text }) => text).join(''),
  };
}

/** What is not asked for must not be seen in an answer. */
export function outsideContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  describe(`${name}: expressions`, () => {
    it('pass exactly the flows that they hold for, beside any filter', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), filterWords, expressions, windows, (texts, asked, q, window) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            for (const told of [{ q }, { ...asked, q }]) {
              const query = { filter: readFilter(words(q.length === 0 ? asked : told)), window };
              const found = await collect(at.store.find(everyone, ask({ ...query, order: 'asc' })));
              expect(found.map(({ seq }) => seq)).toEqual(naive(held, query));
            }
          }),
        ),
        RUNS,
      ));
  });

  describe(`${name}: flows outside of a filter and a window`, () => {
    it('never change an answer, wherever they come', () =>
      fc.assert(
        fc.asyncProperty(
          flowTexts(),
          flowTexts(),
          filterWords,
          expressions,
          windows,
          (texts, more, asked, q, window) =>
            opened(async (at) => {
              const filter = readFilter(words(q.length === 0 ? asked : { ...asked, q }));
              const isOutside = (text: string) => {
                const { flow } = newFlow(text);
                const held = recordedFlow({ ...flow, time: flow.time ?? NOW }, text);
                return naive([held], { filter, window }).length === 0;
              };
              const outside = more.filter(isOutside);
              const half = outside.length >> 1;
              await append(at, outside.slice(0, half));
              await append(at, texts);
              const before = await answers(at.store, { filter, window });
              await append(at, outside.slice(half));
              expect(await answers(at.store, { filter, window })).toEqual(before);
            }),
        ),
        RUNS,
      ));
  });
}
