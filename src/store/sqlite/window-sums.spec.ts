import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import fc from 'fast-check';
import { flowTexts, windows } from '../../../test/support/arbitrary-flows.js';
import { jsonText } from '../../../test/support/json-text.js';
import { namedFlows, pod, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always, type Window } from '../../domain/filter/window.js';
import type { CoarseSums } from '../../domain/service-map/coarse-sums.js';
import { ServiceMap, type MapEdge } from '../../domain/service-map/service-map.js';
import { everyone } from '../../domain/viewer.js';
import { KnownSums, runsOf } from './known-sums.js';
import { Pace } from './pace.js';
import { RowSums } from './row-sums.js';
import { SegmentReader } from './segment-reader.js';
import { SegmentVisits } from './segment-visits.js';
import { WindowMemory, WindowSums } from './window-sums.js';
import { WindowParts } from './window-parts.js';

const newFolder = temporaryFolders();

/** Opens a store of blocks of some flows each. */
async function storeOf(texts: readonly string[], flowsOfBlock: number) {
  const opened = openSqlite(newFolder(), () => Date.UTC(2026, 5, 1, 12));
  for (const [i, flow] of namedFlows(texts).entries()) {
    opened.writer.append(flow);
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

/** Ten hours of flows of several kinds, one each seven minutes. */
function tenHours(): string[] {
  const ends = ['shop/web-0 web', 'shop/cart-0 cart', 'pay/api-6c9f7b8d4-x2z4k api', 'pay/solitary'];
  const kinds = [
    {},
    { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED', event_type: { type: 1 }, is_reply: undefined },
    { Type: 'L7', l7: { type: 'REQUEST', http: { method: 'GET', url: 'http://x/y' } } },
    { Type: 'L7', l7: { type: 'RESPONSE', dns: { query: 'a.', rcode: 3 } }, is_reply: true },
    { verdict: 'TRACED', Type: 'SOCK', event_type: { type: 7 }, is_reply: undefined },
    { is_reply: undefined, trace_observation_point: 'TO_STACK' },
  ];
  const end = (i: number) => {
    const [name = '', workload] = (ends[i % ends.length] ?? '').split(' ');
    return pod(name, workload, { labels: ['k8s:a=1', `k8s:end=${i % ends.length}`] });
  };
  return Array.from({ length: 86 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 5, 1) + i * 420_000).toISOString();
    const fields = { ...kinds[i % kinds.length], source: end(i), destination: end(i + 1 + (i % 3)) };
    return jsonText(record({ uuid: `flow ${i}`, time, ...fields }));
  });
}

describe('sums by hour', () => {
  const at = (hour: number, minute = 0) => BigInt(Date.UTC(2026, 5, 1, hour, minute)) * 1_000_000n;

  it('stand in for flows that were removed, hour by whole hour', async () => {
    const { store, writer, close } = await storeOf(tenHours(), 5);
    const sumsOf = async (window: Window) =>
      rendered(await store.sums(everyone, { filter: everything, window }));
    const window = { since: at(1), until: at(9, 30) };
    const before = await sumsOf(window);
    expect(store.summed(window).hours).toBeUndefined();

    const keepFor = Date.UTC(2026, 5, 1, 12) - Date.UTC(2026, 5, 1, 4, 50);
    await writer.trim({ keepFor, keepSumsFor: 30 * 86_400_000 });
    const { flows, oldest } = store.summary();
    expect([flows > 0, flows < 86, oldest! > at(3)]).toEqual([true, true, true]);
    expect(store.summed(window).hours).toEqual({ from: at(1), to: at(4) });
    const whole = { since: at(1), until: at(4) - 1n };
    // All but what was removed of the hour that is not removed whole.
    const held = await sumsOf({ since: at(4), until: at(9, 30) });
    const told = await sumsOf(window);
    expect(countOf(told.edges)).toBe(countOf((await sumsOf(whole)).edges) + countOf(held.edges));
    expect(told.nodes.map(({ id, labels }) => [id, labels])).toEqual(
      before.nodes.map(({ id, labels }) => [id, labels]),
    );
    expect(store.summed({ since: at(1, 1), until: at(2, 59) }).hours).toBeUndefined();
    expect(store.summed({ since: at(1, 1), until: at(3) - 1n }).hours).toEqual({ from: at(2), to: at(3) });
    await close();
  });

  it('give the map that the flows gave, to the number', async () => {
    const { store, writer, close } = await storeOf(tenHours(), 5);
    const query = { filter: everything, window: { since: at(0), until: at(4) - 1n } };
    const before = rendered(await store.sums(everyone, query));
    await writer.trim({ keepFor: 60_000, keepSumsFor: 30 * 86_400_000 });
    expect(store.summary().flows).toBe(0);
    expect(rendered(await store.sums(everyone, query))).toEqual(before);
    await close();
  });
});

function countOf(edges: readonly MapEdge[]): number {
  return edges.flatMap(({ points }) => Object.values(points)).reduce((sum, count) => sum + count, 0);
}

describe('sums of runs', () => {
  it('that are kept from window to window are those of the rows', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(40), fc.array(windows, { maxLength: 4 }), async (texts, asked) => {
        const { store, file, close } = await storeOf(texts, 3);
        const db = connect(file, { readonly: true });
        const segments = new SegmentReader(db);
        const visits = new SegmentVisits(db, segments, () => undefined);
        const memory = new WindowMemory(3);
        const viaRuns = (window: Window) => {
          const sums = new WindowSums(memory, { filter: everything, window });
          for (const run of sums.runs(segments.infos())) {
            const steps = sums.add(run, visits, new Pace());
            while (steps.next().done !== true);
          }
          return sums.take();
        };
        // Twice, as what was read for one is known for the next.
        for (const window of [always, ...asked, always, ...asked]) {
          const plain = await store.sums(everyone, { filter: everything, window });
          expect(rendered(viaRuns(window))).toEqual(rendered(plain));
        }
        db.close();
        await close();
      }),
      { numRuns: 40 },
    ));

  it('are taken together where many lie side by side, and tell the same', async () => {
    const { store, file, close } = await storeOf(tenHours(), 3);
    const db = connect(file, { readonly: true });
    const segments = new SegmentReader(db);
    const visits = new SegmentVisits(db, segments, () => undefined);
    const memory = new WindowMemory(3);
    const plain = await store.sums(everyone, { filter: everything, window: always });
    for (const _ of ['made', 'known']) {
      const sums = new WindowSums(memory, { filter: everything, window: always });
      const runs = sums.runs(segments.infos());
      const whole = [8, 8, 8, ...Array<undefined>(4)];
      expect(runs.map(({ parts }) => parts?.map((run) => run.parts?.length))).toEqual([whole, undefined]);
      for (const run of runs) for (const _ of sums.add(run, visits, new Pace()));
      expect(rendered(sums.take())).toEqual(rendered(plain));
    }
    db.close();
    await close();
  });

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
