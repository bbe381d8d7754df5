import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { inWindow, type Window } from '../domain/filter/window.js';
import { everyone } from '../domain/viewer.js';
import { collect, hold, naive, opening, RUNS, second, ten, clock } from '../store/opened.contract.js';
import { filterWords, flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { newFlow, record, words } from '../../test/support/make-flow.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { formatCursor, parseCursor, type Cursor } from './cursor.js';
import { readPage, select, type Selection } from './selection.js';

const newFolder = temporaryFolders();
const opened = opening(() => Promise.resolve(openSqlite(newFolder(), clock)));

type Asked = Pick<Selection, 'order' | 'only'>;
const asked: fc.Arbitrary<Asked> = fc.record({
  order: fc.constantFrom('asc' as const, 'desc' as const),
  only: fc.option(
    fc.record({
      flows: fc.integer({ min: 1, max: 60 }),
      from: fc.constantFrom('oldest' as const, 'newest' as const),
    }),
    { nil: undefined },
  ),
});

/** Straight from the words: all in order, cut at one end, turned round. */
function expected(inOrder: readonly number[], { order, only }: Asked): number[] {
  const cut = only?.from === 'newest' ? inOrder.slice(-only.flows) : inOrder.slice(0, only?.flows);
  return order === 'asc' ? [...cut] : cut.toReversed();
}

const seqs = (flows: readonly { seq: number }[]) => flows.map(({ seq }) => seq);

describe('pages', () => {
  it('joined are the unpaged answer, forward and back, whatever arrives between them', () =>
    fc.assert(
      fc.asyncProperty(
        flowTexts(),
        filterWords,
        windows,
        asked,
        fc.integer({ min: 1, max: 9 }),
        (texts, filter, window, how, limit) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            const query = { filter: parseFilter(words(filter)), window };
            const whole = expected(naive(held, query), how);
            const selection = { ...query, ...how, upTo: at.store.summary().lastSeq };
            expect(seqs(await collect(select(at.store, everyone, selection)))).toEqual(whole);

            let arrived = 0;
            const pageAt = async (cursor: Cursor | undefined) => {
              const time = `2026-06-01T10:0${arrived % 10}:00Z`;
              at.writer.append(newFlow(jsonText(record({ uuid: `later-${arrived++}`, time }))));
              await at.writer.commit();
              // What a client holds is text, and the window comes from it.
              const told = cursor && parseCursor(formatCursor(cursor));
              const seen = { ...selection, window: told?.window ?? window };
              return readPage(at.store, everyone, seen, told, limit);
            };
            const forward = [await pageAt(undefined)];
            for (let next = forward[0]!.next; next !== undefined; next = forward.at(-1)!.next)
              forward.push(await pageAt(next));
            expect(forward.flatMap(({ flows }) => seqs(flows))).toEqual(whole);
            expect(forward.map(({ flows }) => flows.length > limit)).not.toContain(true);

            const back = [forward.at(-1)!];
            for (let { previous } = back[0]!; previous !== undefined; { previous } = back[0]!)
              back.unshift(await pageAt(previous));
            expect(back.map(({ flows }) => seqs(flows))).toEqual(forward.map(({ flows }) => seqs(flows)));
            expect(back[0]?.previous).toBeUndefined();
          }),
      ),
      RUNS,
    ));

  it('hold the window that was meant first, though the clock has moved on', () =>
    opened(async (at) => {
      const texts = Array.from({ length: 6 }, (_, i) =>
        jsonText(record({ uuid: `flow-${i}`, time: `2026-06-01T10:00:0${i}Z` })),
      );
      await hold(at, texts);
      const windowAt = (now: bigint): Window => ({ since: now - 5n * second, until: undefined });
      const first = { ...everythingOf(at.store.summary().lastSeq), window: windowAt(ten + 5n * second) };
      const page = await readPage(at.store, everyone, first, undefined, 4);
      const rest = await readPage(at.store, everyone, { ...first, window: page.next!.window }, page.next, 4);
      expect([...seqs(page.flows), ...seqs(rest.flows)]).toEqual([6, 5, 4, 3, 2, 1]);
      expect(inWindow(windowAt(ten + 8n * second), ten)).toBe(false);
    }));

  it('that nobody gave out are empty, not wrong', () =>
    opened(async (at) => {
      await hold(at, [jsonText(record())]);
      const selection: Selection = { ...everythingOf(1), only: { flows: 3, from: 'newest' } };
      const cursor = { time: ten, seq: 5, upTo: 1, window: selection.window, index: 999, back: false };
      expect(await readPage(at.store, everyone, selection, cursor, 10)).toMatchObject({ flows: [] });
      const back = await readPage(at.store, everyone, selection, { ...cursor, index: 0, back: true }, 10);
      expect(back).toMatchObject({ flows: [], next: undefined, previous: undefined });
    }));
});

function everythingOf(upTo: number): Selection {
  return {
    filter: parseFilter(new Map()),
    window: { since: undefined, until: undefined },
    order: 'desc',
    upTo,
  };
}
