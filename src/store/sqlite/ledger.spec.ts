import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { newFlow, pod, record, toTally } from '../../../test/support/make-flow.js';
import { jsonText } from '../../../test/support/json-text.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { ledgerOf } from '../../domain/ledger/ledger-of.js';
import type { LedgerEntry } from '../../domain/ledger/ledger.js';
import { canSee, everyone, type Viewer } from '../../domain/viewer.js';
import type { FlowWriter } from '../flow-store.js';

const newFolder = temporaryFolders();
const shopkeeper: Viewer = { name: 'shopkeeper', namespaces: ['shop'] };
const DAY = 86_400_000;

/** Answers the texts that were new. */
async function append(writer: FlowWriter, texts: readonly string[]): Promise<string[]> {
  const stored = texts.filter((text) => writer.append(newFlow(text)));
  await writer.commit();
  return stored;
}

/** What the file holds once it was closed: sums are written a few seconds behind flows. */
async function ledgerOfFile(folder: string, viewer: Viewer): Promise<LedgerEntry[]> {
  const { store, close } = openSqlite(folder);
  const { entries } = store.ledger(viewer);
  await close();
  return sorted(entries);
}

function sorted(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
}

describe('the ledger', () => {
  it('is that of the single flows, for each viewer', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(20), async (texts) => {
        const now = () => Date.UTC(2026, 5, 1, 10, 1);
        const opened = openSqlite(newFolder(), now);
        const stored = await append(opened.writer, texts);
        await opened.close();
        const arrival = BigInt(now()) * 1_000_000n;
        const flows = stored
          .map((text) => newFlow(text).flow)
          .map((flow) => ({ ...flow, time: flow.time ?? arrival }));
        for (const viewer of [everyone, shopkeeper]) {
          const told = await ledgerOfFile(opened.folder, viewer);
          const seen = flows.filter(({ source, destination }) => canSee(viewer, source, destination));
          expect(told).toEqual(
            sorted(
              ledgerOf(
                seen.map((flow) => toTally(flow)),
                new Map(),
              ),
            ),
          );
        }
      }),
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
    const [known] = opened.store.ledger(everyone).entries;
    opened.writer.acknowledge(known!.id, { note: 'by design', at: 5 });
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
