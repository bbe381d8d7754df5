import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { newFlow, pod, record, words } from '../../test/support/make-flow.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { everything } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always, type Window } from '../domain/filter/window.js';
import { everyone } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import { atOnce } from '../domain/steps.js';
import { groupDrops } from './drop-groups.js';
import { dropFields } from './drops.schema.js';

const newFolder = temporaryFolders();
const now = Date.UTC(2026, 6, 1);
const begin = Date.UTC(2026, 5, 1, 10);
const day = 86_400_000;
const year = 365 * day;
/** Rows of drops do not tell which node saw them. */
const kept = dropFields.filter((field) => field !== 'node');

const openStore = () => openSqlite(newFolder(), () => now);

/** Answers how many were new. */
async function append({ writer }: ReturnType<typeof openStore>, texts: readonly string[]): Promise<number> {
  const stored = texts.filter((text) => writer.append(newFlow(text))).length;
  await writer.commit();
  return stored;
}

async function causes(store: FlowStore, window: Window, by: (typeof dropFields)[number][]) {
  const dropped = await store.drops(everyone, { filter: everything, window });
  const grouped = atOnce(groupDrops(dropped, by));
  const told = grouped.map(({ lastSeq: _, ...cause }) => cause);
  const inOrder = told.sort((a, b) => (JSON.stringify(a.fields) < JSON.stringify(b.fields) ? -1 : 1));
  return { causes: inOrder, isSure: dropped.unforetold.length === 0 };
}

describe('drops of flows that were removed', () => {
  it('are told as the flows told them, of every window', () =>
    fc.assert(
      fc.asyncProperty(
        flowTexts(),
        flowTexts(),
        fc.oneof(fc.constant(always), windows),
        fc.subarray(kept, { minLength: 1 }),
        async (older, newer, window, by) => {
          const [whole, trimmed] = [openStore(), openStore()];
          await append(whole, older);
          await append(trimmed, older);
          await trimmed.writer.trim({ keepFor: 1, keepDropsFor: year });
          // What was removed may come again.
          const isAlike = (await append(whole, newer)) === (await append(trimmed, newer));
          const before = await causes(whole.store, window, by);
          const after = await causes(trimmed.store, window, by);
          if (isAlike && before.isSure) expect(after.causes).toEqual(before.causes);
          await whole.close();
          await trimmed.close();
        },
      ),
    ));

  async function emptied() {
    const opened = openStore();
    const denied = { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED', event_type: { type: 1 } };
    const ends = { source: pod('shop/web-0', 'web'), destination: pod('pay/api-0', 'api') };
    const texts = [1, 2, 3].map((second) =>
      jsonText(record({ uuid: `${second}`, time: `2026-06-01T10:00:0${second}Z`, ...ends, ...denied })),
    );
    await append(opened, texts);
    await opened.writer.trim({ keepFor: day, keepDropsFor: year });
    return opened;
  }

  it('are counted apart, with their span', async () => {
    const { store, close } = await emptied();
    const { tallies, removed } = await store.drops(everyone, { filter: everything, window: always });
    expect(tallies).toEqual([]);
    const at = (second: number) => BigInt(begin + second * 1_000) * 1_000_000n;
    expect(removed).toMatchObject({ flows: 3, oldest: at(1), newest: at(3) });
    await close();
  });

  it('are not told with a filter or in a scope, which only flows can answer', async () => {
    const { store, close } = await emptied();
    const filter = parseFilter(words({ verdict: 'DROPPED' }));
    expect((await store.drops(everyone, { filter, window: always })).removed).toBeUndefined();
    const viewer = { name: 'shop', namespaces: ['shop'] };
    const scoped = await store.drops(viewer, { filter: everything, window: always });
    expect(scoped.removed).toBeUndefined();
    await close();
  });
});
