import { describe, expect, it } from '@jest/globals';
import type Database from 'better-sqlite3';
import { connect } from './connect.js';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { jsonText } from '../../../test/support/json-text.js';
import { namedFlows, newFlow, pod, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { coarseEndpoint, coarseKind, endText, kindText } from '../../domain/service-map/coarse.js';
import { tallyPorts } from '../../domain/service-map/tally.js';
import type { NewFlow } from '../flow-writer.js';

const newFolder = temporaryFolders();
const HOUR = 3_600_000_000_000n;
/** Flows without a time are placed here. */
const now = Date.UTC(2026, 5, 1, 12);

interface Sum {
  flows: number;
  first: bigint;
  last: bigint;
}

/** The sums made plainly, by what they are of. */
function summed(flows: readonly NewFlow[]): Record<string, Sum> {
  const sums: Record<string, Sum> = {};
  for (const { flow } of flows) {
    const time = flow.time ?? BigInt(now) * 1_000_000n;
    const { sourcePort, destinationPort } = tallyPorts(flow);
    const ends = [flow.source, flow.destination].map((end) => endText(coarseEndpoint(end)));
    const kind = kindText(coarseKind(flow));
    const key = JSON.stringify([Number(time / HOUR), ...ends, kind, sourcePort, destinationPort]);
    const sum = (sums[key] ??= { flows: 0, first: time, last: time });
    sum.flows += flow.weight;
    if (time < sum.first) sum.first = time;
    if (time > sum.last) sum.last = time;
  }
  return sums;
}

type Row = [bigint, string, string, string, bigint, bigint, bigint, bigint, bigint];

/** The sums as they rest. */
function stored(file: string): Record<string, Sum> {
  const rows = query(file)
    .prepare<[], Row>(
      `SELECT hour, source.told, destination.told, kind.told, source_port, destination_port, flows, first, last
       FROM edge_hour JOIN rollup_end AS source ON source.id = source JOIN rollup_end AS destination ON destination.id = destination
       JOIN rollup_kind AS kind ON kind.id = kind`,
    )
    .raw()
    .safeIntegers()
    .all();
  return Object.fromEntries(
    rows.map(([hour, source, destination, kind, sourcePort, destinationPort, flows, first, last]) => [
      JSON.stringify([Number(hour), source, destination, kind, Number(sourcePort), Number(destinationPort)]),
      { flows: Number(flows), first: hour * HOUR + first, last: hour * HOUR + last },
    ]),
  );
}

function query(file: string): Database.Database {
  return connect(file, { readonly: true });
}

function flowAt(number: number, fields: Record<string, unknown> = {}): NewFlow {
  const time = new Date(Date.UTC(2026, 5, 1) + number * 60_000).toISOString();
  return newFlow(jsonText(record({ uuid: `flow ${number}`, time, ...fields })));
}

const flowsEach = (minutes: number) => Array.from({ length: minutes }, (_, i) => flowAt(i * 7));

describe('sums by hour', () => {
  it('are those of all flows, however they came in blocks and were interrupted', async () => {
    const events = fc.array(fc.constantFrom('commit', 'reopen', 'tend', 'nothing'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(flowTexts(30), events, async (texts, happens) => {
        const folder = newFolder();
        let opened = openSqlite(folder, () => now);
        const flows = namedFlows(texts);
        const kept: NewFlow[] = [];
        for (const [i, flow] of flows.entries()) {
          if (opened.writer.append(flow)) kept.push(flow);
          if (happens[i] === 'commit') await opened.writer.commit();
          if (happens[i] === 'tend') opened.writer.commitAfter(0);
          if (happens[i] !== 'reopen') continue;
          await opened.close();
          opened = openSqlite(folder, () => now);
        }
        await opened.close();
        expect(stored(opened.file)).toEqual(summed(kept));
      }),
      { numRuns: 60 },
    );
  });

  it('are made up for after a crash took them', async () => {
    const opened = openSqlite(newFolder());
    const flows = flowsEach(40);
    for (const flow of flows) opened.writer.append(flow);
    await opened.writer.commit();
    // The flows are durable, their sums still wait in memory: now the process is no more.
    expect(stored(opened.file)).toEqual({});
    opened.db.close();

    const again = openSqlite(opened.folder);
    again.writer.append(flowAt(1_000));
    await again.close();
    expect(stored(again.file)).toEqual(summed([...flows, flowAt(1_000)]));
  });

  it('are written after a while, without anybody closing the store', async () => {
    let elapsed = 0;
    const opened = openSqlite(newFolder(), undefined, () => elapsed);
    opened.writer.append(flowAt(1));
    await opened.writer.commit();
    opened.writer.commitAfter(400);
    expect(stored(opened.file)).toEqual({});
    elapsed += 10_000;
    opened.writer.commitAfter(400);
    expect(stored(opened.file)).toEqual(summed([flowAt(1)]));
    await opened.close();
  });

  describe('when flows are removed', () => {
    const denied = { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED', event_type: { type: 1 } };
    const day = 86_400_000;
    /** Flows of the first of June, of which each third was dropped; it is the first of July. */
    async function filled() {
      const opened = openSqlite(newFolder(), () => Date.UTC(2026, 6, 1));
      const flows = Array.from({ length: 40 }, (_, i) => flowAt(i * 7, i % 3 === 0 ? denied : {}));
      for (const flow of flows) opened.writer.append(flow);
      await opened.writer.commit();
      return { ...opened, flows };
    }
    const drops = (file: string) => query(file).prepare('SELECT count(*) FROM dropped').pluck().get();

    it('go with them, unless they are to be kept for longer', async () => {
      const { writer, store, file, close } = await filled();
      await writer.trim({ keepFor: day });
      expect(store.summary().flows).toBe(0);
      expect(stored(file)).toEqual({});
      expect(drops(file)).toBe(0);
      await close();
    });

    it('stay as long as each is to be kept, those not yet summed up too', async () => {
      const { writer, store, file, close, flows } = await filled();
      await writer.trim({ keepFor: day, keepSumsFor: 60 * day });
      expect(store.summary().flows).toBe(0);
      expect(stored(file)).toEqual(summed(flows));
      expect(drops(file)).toBe(0);
      await writer.trim({ keepFor: day, keepSumsFor: 20 * day });
      expect(stored(file)).toEqual({});
      await close();
    });

    it('leave drops, where these are to be kept for longer', async () => {
      const { writer, file, close } = await filled();
      await writer.trim({ keepFor: day, keepDropsFor: 60 * day });
      expect([drops(file), stored(file)]).toEqual([14, {}]);
      await close();
    });

    it('go by whole hours that are too old, while later ones stay', async () => {
      const { writer, file, close, flows } = await filled();
      const now = Date.UTC(2026, 6, 1);
      const keepSumsFor = now - Date.UTC(2026, 5, 1, 2, 30);
      await writer.trim({ keepFor: day, keepSumsFor });
      const young = flows.filter(
        ({ flow }) => (flow.time ?? 0n) >= BigInt(Date.UTC(2026, 5, 1, 2)) * 1_000_000n,
      );
      expect(stored(file)).toEqual(summed(young));
      await close();
    });
  });

  it('can be read by anybody as views, and so can each drop', async () => {
    const opened = openSqlite(newFolder());
    const denied = { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED', event_type: { type: 1 } };
    const ends = { source: pod('shop/web-0', 'web'), destination: pod('pay/api-0', 'api') };
    opened.writer.append(flowAt(61, ends));
    opened.writer.append(flowAt(62, ends));
    opened.writer.append(flowAt(63, { ...ends, ...denied }));
    await opened.close();
    const edges = query(opened.file)
      .prepare('SELECT hour, source, destination, destination_port, verdict, flows FROM edges')
      .all();
    expect(edges).toEqual([
      {
        hour: '2026-06-01T01:00:00Z',
        source: 'c/shop/web',
        destination: 'c/pay/api',
        destination_port: 80,
        verdict: 'FORWARDED',
        flows: 2,
      },
      expect.objectContaining({ verdict: 'DROPPED', flows: 1 }),
    ]);
    const drops = query(opened.file)
      .prepare('SELECT seq, at, source, destination, destination_port, drop_reason, flows FROM drops')
      .all();
    expect(drops).toEqual([
      {
        seq: 3,
        at: '2026-06-01T01:03:00Z',
        source: 'c/shop/web',
        destination: 'c/pay/api',
        destination_port: 80,
        drop_reason: 'POLICY_DENIED',
        flows: 1,
      },
    ]);
  });

  it('tell the labels that all pods of an end had', async () => {
    const opened = openSqlite(newFolder());
    const labelled = (labels: string[]) => ({ source: pod('shop/web-0', 'web', { labels }) });
    opened.writer.append(flowAt(1, labelled(['k8s:rev=1', 'k8s:app=web'])));
    opened.writer.append(flowAt(2, labelled(['k8s:app=web', 'k8s:rev=2'])));
    opened.writer.append(flowAt(3, labelled([])));
    await opened.close();
    const labels = query(opened.file)
      .prepare("SELECT labels FROM rollup_end WHERE node = 'c/shop/web'")
      .pluck()
      .get();
    expect(labels).toBe('["k8s:app=web"]');
  });
});
