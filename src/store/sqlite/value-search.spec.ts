import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFilter } from '../../domain/filter/parse-filter.js';
import { always } from '../../domain/filter/window.js';
import type { RecordedFlow } from '../../domain/flow/flow.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import { flowOf, recordedFlow } from '../../domain/flow/recorded-flow.js';
import { leavesOf } from '../../domain/flow/sought.js';
import { everyone } from '../../domain/viewer.js';
import { FlowScanner } from '../../ingest/flow-scanner.js';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { flowRecordOf, record, words } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { clock, collect, NOW, opening, type OpenedStore } from '../opened.contract.js';

const newFolder = temporaryFolders();
const opened = opening(() => Promise.resolve(openSqlite(newFolder(), clock)));

/** Holds flows as the writing thread does: what is told like a record before it is kept by its template. */
class Scanned {
  readonly held: RecordedFlow[] = [];
  wholes = 0;
  readonly #reader = new FlowReader();
  readonly #scanner = new FlowScanner(this.#reader);

  constructor(private readonly at: OpenedStore) {}

  async hold(texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      const flow = this.#reader.read(flowRecordOf(JSON.parse(text)));
      const added = this.#scanner.scan(bytes, 0, bytes.length) ?? this.#scanner.take(bytes, flow);
      if (added.template.isWhole) this.wholes++;
      if (this.at.writer.append(added))
        this.held.push(recordedFlow({ ...flow, time: flow.time ?? NOW }, text));
    }
    await this.at.writer.commit();
  }

  async expectAlike(word: string): Promise<void> {
    const query = { filter: parseFilter(words({ text: word })), window: always };
    const batches = await collect(this.at.store.scan(everyone, query, ({ seq }) => seq));
    const expected = this.held.flatMap((flow, i) => (query.filter.matches(flow) ? [i + 1] : []));
    expect(batches.flatMap(({ items }) => items)).toEqual(expected);
  }
}

/** The same again and again, with uuids of their own: from the second on they are read by a template. */
function repeated(texts: readonly string[], times: number): string[] {
  return Array.from({ length: times }, (_, time) =>
    texts.map((text, at) => {
      const number = String(time * 1_000 + at).padStart(12, '0');
      return text.replace(/("uuid": ?)"[^"]*"/, `$1"00000000-0000-4000-8000-${number}"`);
    }),
  ).flat();
}

function valuesOf(text: string): string[] {
  const values: string[] = [];
  leavesOf(flowOf(JSON.parse(text)), (value) => values.push(value) === 0);
  return values.filter((value) => value !== '');
}

describe('a search for words', () => {
  it('finds the flows that say them, whichever way these are kept, in one block after another', async () => {
    const kept = { byTemplate: 0, whole: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(flowTexts(8), { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(30), fc.nat(12)), { minLength: 3, maxLength: 8 }),
        (blocks, picks) =>
          opened(async (at) => {
            const scanned = new Scanned(at);
            const values = blocks.flat().flatMap(valuesOf);
            const sought = picks.map(([which, from, length]) => {
              const value = values[which % values.length] ?? '';
              return value.slice(from % value.length, (from % value.length) + length + 1);
            });
            for (const texts of blocks) {
              await scanned.hold(repeated(texts, 4));
              for (const word of [...sought, 'envelope', 'verdict']) await scanned.expectAlike(word);
            }
            kept.whole += scanned.wholes;
            kept.byTemplate += scanned.held.length - scanned.wholes;
          }),
      ),
      { numRuns: 60 },
    );
    expect(Math.min(kept.whole, kept.byTemplate)).toBeGreaterThan(100);
  });

  it('finds what only entries of a later block say, with the same question', () =>
    opened(async (at) => {
      const scanned = new Scanned(at);
      const filter = parseFilter(words({ text: 'late' }));
      const found = async () => {
        const seen = at.store.scan(everyone, { filter, window: always }, ({ seq }) => seq);
        return (await collect(seen)).flatMap(({ items }) => items);
      };
      const flows = (from: number, pod: string) =>
        Array.from({ length: 20 }, (_, i) =>
          JSON.stringify(
            record({
              uuid: `00000000-0000-4000-8000-${String(from + i).padStart(12, '0')}`,
              source: { identity: 9, namespace: 'shop', pod_name: pod },
              ethernet: { source: `0a:${pod}` },
            }),
          ),
        );
      await scanned.hold(flows(0, 'early'));
      expect(await found()).toEqual([]);
      await scanned.hold(flows(100, 'late'));
      expect(await found()).toEqual(Array.from({ length: 20 }, (_, i) => 21 + i));
      expect(scanned.wholes).toBeLessThan(5);
      for (const word of ['early', '0a:l', 'shop', '10.0.1.5', '41822', '-000000000104', '2026-06-01', 'a'])
        await scanned.expectAlike(word);
    }));
});
