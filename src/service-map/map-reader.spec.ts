import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filterWords, flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { newFlow, words } from '../../test/support/make-flow.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { everything } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import type { MapLevel } from '../domain/flow/node-identity.js';
import { Grain } from '../domain/service-map/grain.js';
import { EdgeDetail } from '../domain/service-map/edge-detail.js';
import { nothingPinned } from '../domain/service-map/pinned-routes.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import { everyone } from '../domain/viewer.js';
import type { Question } from '../query/question.js';
import type { FlowStore } from '../store/flow-store.js';
import { MapQuestions } from './map-questions.js';
import { MapReader } from './map-reader.js';

const newFolder = temporaryFolders();
const levels = fc.constantFrom<MapLevel>('cluster', 'namespace', 'workload', 'pod', 'label:app');

async function talliesOf(store: FlowStore, { filter, window }: Question): Promise<Tally[]> {
  const all: Tally[] = [];
  for await (const { tallies } of store.tallies(everyone, { filter, window })) all.push(...tallies);
  return all;
}

describe('an edge that is asked for', () => {
  it('is that of the map of all flows, with its routes and names, though it is made of its own flows', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(30), levels, filterWords, windows, async (texts, level, asked, window) => {
        const { store, writer, close } = openSqlite(newFolder());
        for (const text of texts) writer.append(newFlow(text));
        await writer.commit();
        const reader = new MapReader(store, new MapQuestions(store), nothingPinned);
        for (const question of [
          { filter: everything, window: always, words: new Map<string, string[]>() },
          { filter: parseFilter(words(asked)), window, words: words(asked) },
        ]) {
          const tallies = await talliesOf(store, question);
          const whole = ServiceMap.of(tallies, level);
          for (const edge of whole.edges()) {
            const detail = new EdgeDetail(nothingPinned);
            for (const tally of tallies) if (whole.isOf(edge, tally)) detail.add(tally);
            const answer = await reader.readEdge(everyone, new Grain(level), edge.id, question);
            const seq = store.summary().lastSeq;
            expect(answer).toMatchObject({ edge, names: detail.names(), examples: detail.examples, seq });
            expect([answer?.source, answer?.target]).toEqual(
              [edge.source, edge.target].map((id) => whole.node(id)),
            );
            const { http, dns } = answer?.names ?? {};
            const requests = http?.routes.reduce((sum, route) => sum + route.requests, 0);
            const queries = dns && Object.values(dns.names).reduce((sum, count) => sum + count, 0);
            expect([requests, queries]).toEqual([edge.http?.requests, edge.dns?.queries]);
            expect(answer?.examples.length).toBeGreaterThan(0);
          }
        }
        await close();
      }),
      { numRuns: 25 },
    ));
});
