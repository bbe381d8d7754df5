import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../test/support/arbitrary-flows.js';
import { namedFlows, pod, record, toTally } from '../../test/support/make-flow.js';
import { jsonText } from '../../test/support/json-text.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import type { Flow } from '../domain/flow/flow.js';
import { ledgerOf } from '../domain/ledger/ledger-of.js';
import { listed, newsNames, type LedgerEntry, type LedgerQuery } from '../domain/ledger/ledger.js';
import { canSee, everyone, type Viewer } from '../domain/viewer.js';
import type { FlowWriter } from './flow-writer.js';
import { Memory } from './memory/memory.js';
import { MemoryFlowStore } from './memory/flow-store.js';
import { MemoryFlowWriter } from './memory/flow-writer.js';
import { second, ten } from './opened.contract.js';

const newFolder = temporaryFolders();
const shopkeeper: Viewer = { name: 'shopkeeper', namespaces: ['shop'] };
const DAY = 86_400_000;

/** Answers the flows that were new. */
async function append(writer: FlowWriter, texts: readonly string[]): Promise<Flow[]> {
  const flows = namedFlows(texts).flatMap((added) => (writer.append(added) ? added.flow : []));
  await writer.commit();
  return flows;
}

const everything: LedgerQuery = { list: { name: 'all' }, most: 1_000 };

/** What the file holds once it was closed: sums are written a few seconds behind flows. */
async function ledgerOfFile(folder: string, viewer: Viewer): Promise<LedgerEntry[]> {
  const { store, close } = openSqlite(folder);
  const { entries } = store.ledger(viewer, everything);
  await close();
  return entries;
}

/** Any stretch around the times of made-up flows, and some of the edges, by their places. */
const questions = fc.record({
  since: fc.integer({ min: -90, max: 90 }).map((seconds) => ten + BigInt(seconds) * second),
  lasts: fc.nat(120).map((seconds) => BigInt(seconds) * second),
  silentFor: fc.integer({ min: 1, max: 60 }).map((seconds) => BigInt(seconds) * second),
  most: fc.integer({ min: 1, max: 4 }),
  acknowledged: fc.array(fc.nat(10), { maxLength: 3 }),
});

describe('the ledger', () => {
  it('is that of the single flows, for each viewer', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(20), async (texts) => {
        const now = () => Date.UTC(2026, 5, 1, 10, 1);
        const opened = openSqlite(newFolder(), now);
        const stored = await append(opened.writer, texts);
        await opened.close();
        const arrival = BigInt(now()) * 1_000_000n;
        const flows = stored.map((flow) => ({ ...flow, time: flow.time ?? arrival }));
        for (const viewer of [everyone, shopkeeper]) {
          const told = await ledgerOfFile(opened.folder, viewer);
          const seen = flows.filter(({ source, destination }) => canSee(viewer, source, destination));
          const tallies = seen.map((flow) => toTally(flow));
          expect(told).toEqual(listed(ledgerOf(tallies, new Map()), everything).entries);
        }
      }),
      { numRuns: 25 },
    ));

  it('gives the same lists as the store in memory, of any stretch, for each viewer', () =>
    fc.assert(
      fc.asyncProperty(
        flowTexts(20),
        questions,
        async (texts, { since, lasts, silentFor, most, acknowledged }) => {
          const now = () => Date.UTC(2026, 5, 1, 10, 1);
          const opened = openSqlite(newFolder(), now);
          const memory = new Memory();
          const [writer, store] = [new MemoryFlowWriter(memory, now), new MemoryFlowStore(memory)];
          for (const each of [writer, opened.writer]) await append(each, texts);
          const { entries } = store.ledger(everyone, everything);
          for (const place of acknowledged) {
            const edge = entries[place]?.id;
            for (const each of edge === undefined ? [] : [writer, opened.writer])
              await each.acknowledge(edge!, { note: 'seen', at: 7 });
          }
          await opened.close();
          const again = openSqlite(opened.folder);
          const stretch = { since, until: since + lasts, silentFor };
          for (const viewer of [everyone, shopkeeper]) {
            for (const name of newsNames) {
              const query = { list: { name, ...stretch }, most };
              expect(again.store.ledger(viewer, query)).toEqual(store.ledger(viewer, query));
            }
            for (const { id } of entries)
              expect(again.store.ledgerEdge(viewer, id)).toEqual(store.ledgerEdge(viewer, id));
          }
          expect(again.store.ledgerEdge(everyone, 'none')).toBeUndefined();
          await again.close();
        },
      ),
      { numRuns: 25 },
    ));

  it('forgets nothing when flows and their sums are removed, and keeps what was acknowledged', async () => {
    const at = (day: number, more: object) =>
      jsonText(
        record({ uuid: crypto.randomUUID(), time: new Date(Date.UTC(2026, 5, day)).toISOString(), ...more }),
      );
    const folder = newFolder();
    const now = () => Date.UTC(2026, 5, 30);
    const opened = openSqlite(folder, now);
    await append(opened.writer, [at(1, { verdict: 'DROPPED' }), at(2, {})]);
    await opened.writer.trim({ keepFor: DAY });
    await append(opened.writer, [at(29, {}), at(30, { destination: pod('pay/new-0') })]);
    const [known] = opened.store.ledger(everyone, everything).entries;
    await opened.writer.acknowledge(known!.id, { note: 'by design', at: 5 });
    await opened.close();
    const entries = await ledgerOfFile(folder, everyone);
    const day = (number: number) => BigInt(Date.UTC(2026, 5, number)) * 1_000_000n;
    expect(entries.find(({ target }) => target.name === 'api')).toMatchObject({
      first: day(1),
      last: day(29),
      firstAllowed: day(2),
      firstDropped: day(1),
      lastDropped: day(1),
      acknowledged: { note: 'by design', at: 5 },
    });
    expect(entries.find(({ target }) => target.name === 'new')).toMatchObject({
      first: day(30),
      acknowledged: undefined,
    });
  });
});
