import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { flowTexts, windows } from '../../../test/support/arbitrary-flows.js';
import { newFlow } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always, type Window } from '../../domain/filter/window.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import type { CoarseSums } from '../../domain/service-map/coarse-sums.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import { everyone } from '../../domain/viewer.js';
import { KnownSums, runsOf } from './known-sums.js';
import { RowSums } from './row-sums.js';
import { SegmentReader } from './segment-reader.js';
import { SegmentVisits } from './segment-visits.js';
import { WindowMemory, WindowSums } from './window-sums.js';
import { WindowParts } from './window-parts.js';

const newFolder = temporaryFolders();

/** Opens a store of blocks of some flows each. */
async function storeOf(texts: readonly string[], flowsOfBlock: number) {
  const opened = openSqlite(newFolder(), () => Date.UTC(2026, 5, 1, 12));
  const reader = new FlowReader();
  for (const [i, text] of texts.entries()) {
    opened.writer.append(newFlow(text, reader));
    if (i % flowsOfBlock === flowsOfBlock - 1) await opened.writer.commit();
  }
  await opened.writer.commit();
  return opened;
}

function rendered({ tallies, ends }: CoarseSums) {
  const map = ServiceMap.of(tallies, 'workload', ends);
  return { nodes: map.nodes(), edges: map.edges() };
}

function infoOf(id: number, firstSeq: number) {
  return { id, firstSeq, flows: 10, generation: 0, timeMin: 0n, timeMax: 0n };
}

describe('sums of runs', () => {
  it('that are kept from window to window are those of the rows', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(40), fc.array(windows, { maxLength: 4 }), async (texts, asked) => {
        const { store, file, close } = await storeOf(texts, 3);
        const db = new Database(file, { readonly: true });
        const segments = new SegmentReader(db);
        const visits = new SegmentVisits(db, segments, () => undefined);
        const memory = new WindowMemory(8);
        const viaRuns = (window: Window) => {
          const sums = new WindowSums(memory, everything, window);
          for (const run of sums.runs(segments.infos())) {
            if (sums.addKnown(run)) continue;
            const steps = sums.addRows(run, (info, use) => visits.visit(info, use));
            while (steps.next().done !== true);
          }
          return sums.take(0);
        };
        // Twice, as what was read for one is known for the next.
        for (const window of [always, ...asked, always, ...asked]) {
          const plain = await store.sums(everyone, { filter: everything, window });
          const told = viaRuns(window);
          expect(told && rendered(told)).toEqual(plain && rendered(plain));
        }
        db.close();
        await close();
      }),
      { numRuns: 40 },
    ));

  it('are named by their segments where all of them are asked for and more came', () => {
    const all = [infoOf(1, 1), infoOf(5, 11), infoOf(6, 21), infoOf(8, 101), infoOf(9, 205)];
    const names = (isAsked: (id: number) => boolean) =>
      runsOf(all, ({ id }) => isAsked(id), 100).map(({ name, infos }) => [name, infos.length]);
    expect(names(() => true)).toEqual([
      [' 1 5 6', 3],
      [' 8', 1],
      [undefined, 1],
    ]);
    expect(names((id) => id !== 5)).toEqual([
      [undefined, 2],
      [' 8', 1],
      [undefined, 1],
    ]);
  });

  it('are not those of other numbers', () => {
    const known = new KnownSums();
    const parts = new WindowParts();
    const sums = new RowSums(parts);
    known.put('1 2', sums);
    expect(known.get('1 2', parts)).toBe(sums);
    expect(known.get('1 2', new WindowParts())).toBeUndefined();
    expect(known.get('1 2', parts)).toBeUndefined();
  });
});
