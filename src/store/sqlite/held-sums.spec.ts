import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { stopWatch } from '../../../test/support/cpu-time.js';
import { jsonText } from '../../../test/support/json-text.js';
import { namedFlows, pod, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import type { CoarseSums } from '../../domain/service-map/coarse-sums.js';
import { isForetold } from '../../domain/service-map/foretold.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import { everyone } from '../../domain/viewer.js';
import { connect } from './connect.js';
import { HourSums } from './hour-sums.js';
import { SegmentList } from './segment-list.js';
import { SegmentReader } from './segment-reader.js';
import { SegmentVisits } from './segment-visits.js';
import { ToldParts } from './told-parts.js';
import { verify } from './verify.js';
import { WindowReader } from './window-reader.js';
import { WindowMemory } from './window-sums.js';

const newFolder = temporaryFolders();
const HOUR = 3_600_000;
const noon = Date.UTC(2026, 5, 10, 12);
const held = { filter: everything, window: always, afterSeq: 0 };

type Opened = ReturnType<typeof openSqlite>;

async function append({ writer }: Opened, texts: readonly string[]): Promise<void> {
  for (const [i, flow] of namedFlows(texts).entries()) {
    writer.append(flow);
    if (i % 3 === 2) await writer.commit();
  }
  await writer.commit();
}

/** The flows, of which the sums of the first ones are written, and the hours that are over are folded into days. */
async function filled(first: readonly string[], more: readonly string[] = [], now = noon): Promise<Opened> {
  const folder = newFolder();
  const opened = openSqlite(folder, () => now);
  await append(opened, first);
  await opened.close();
  const again = openSqlite(folder, () => now);
  for (let i = 0; i < 20; i++) again.writer.commitAfter(0);
  await append(again, more);
  return again;
}

/** What a reader tells that takes sums for flows wherever it may. */
async function viaHours(file: string): Promise<{ sums: CoarseSums; isFromHours: boolean }> {
  const db = connect(file, { readonly: true });
  const segments = new SegmentReader(db);
  const visits = new SegmentVisits(db, segments, () => undefined);
  const told = new ToldParts(db);
  const reader = new WindowReader(db, told, new SegmentList(db, segments), visits, new WindowMemory(3, 1));
  const sums = await reader.sums(everyone, held);
  const isFromHours = new HourSums(db, told).held() !== undefined;
  db.close();
  return { sums, isFromHours };
}

function rendered({ tallies, ends, upTo }: CoarseSums) {
  const map = ServiceMap.of(tallies, 'workload', ends);
  return { nodes: map.nodes(), edges: map.edges(), upTo };
}

function problemsOf(file: string): string[] {
  const db = connect(file, { readonly: true });
  const problems = [...verify(db)].flatMap(({ problems }) => problems);
  db.close();
  return problems;
}

function rowsOf(file: string, sql: string): unknown[] {
  const db = connect(file, { readonly: true });
  const rows = db.prepare(sql).raw().all();
  db.close();
  return rows;
}

/** A little after so many hours of June. */
function timeOf(hour: number): string {
  return new Date(Date.UTC(2026, 5, 1) + hour * HOUR + 61_000).toISOString();
}

/** A flow for each of so many hours of June. */
function hourly(hours: number, fields: (hour: number) => Record<string, unknown> = () => ({})): string[] {
  return Array.from({ length: hours }, (_, hour) =>
    jsonText(record({ uuid: `hour ${hour}`, time: timeOf(hour), ...fields(hour) })),
  );
}

describe('the map of all that is held', () => {
  it('is the same from sums by hour and day as from the flows, whichever of them came behind', async () => {
    let fromHours = 0;
    await fc.assert(
      fc.asyncProperty(flowTexts(24), fc.nat(24), fc.nat(9), async (told, later, hours) => {
        const texts = told.map((text, i) =>
          text.replace(/"time":"2026-[^"]*"/, `"time":"${timeOf(i * hours)}"`),
        );
        const opened = await filled(texts.slice(later), texts.slice(0, later));
        const { sums, isFromHours } = await viaHours(opened.file);
        if (isFromHours) fromHours++;
        const plain = await opened.store.sums(everyone, held);
        // Where a pod may have been counted for another workload, both say so, and the flows are asked.
        if (isForetold(sums.pods)) expect(rendered(sums)).toEqual(rendered(plain));
        else expect(isForetold(plain.pods)).toBe(false);
        await opened.close();
        expect(problemsOf(opened.file)).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect(fromHours).toBeGreaterThan(0);
  });

  it('is not made of sums where records tell of a pod what its name does not', async () => {
    const told = (hour: number) => ({
      source: pod('shop/web-7d9f8b6c5-abcde', hour === 3 ? 'storefront' : undefined),
    });
    const opened = await filled(hourly(6, told));
    expect((await viaHours(opened.file)).isFromHours).toBe(false);
    await opened.close();
  });

  it('is read at once where times lie centuries apart', async () => {
    const times = ['1970-01-01T00:00:01Z', '2026-06-01T10:00:00Z', '2200-01-01T00:00:00Z'];
    const opened = await filled(times.map((time) => jsonText(record({ uuid: time, time }))));
    const worked = stopWatch();
    const { sums, isFromHours } = await viaHours(opened.file);
    expect(worked()).toBeLessThan(500);
    expect(isFromHours).toBe(true);
    expect(rendered(sums)).toEqual(rendered(await opened.store.sums(everyone, held)));
    await opened.close();
  });

  it('is made of flows where sums are damaged', async () => {
    const opened = await filled(hourly(60));
    opened.db.exec('UPDATE edge_day SET kind = 999999');
    const { sums, isFromHours } = await viaHours(opened.file);
    expect(isFromHours).toBe(true);
    expect(rendered(sums)).toEqual(rendered(await opened.store.sums(everyone, held)));
    await opened.close();
  });

  it('leaves out hours of which flows were removed, and their days', async () => {
    const opened = await filled(hourly(60));
    await opened.writer.trim({
      keepFor: noon - (Date.UTC(2026, 5, 1) + 30 * HOUR),
      keepSumsFor: 90 * 24 * HOUR,
    });
    const { sums, isFromHours } = await viaHours(opened.file);
    expect(isFromHours).toBe(true);
    expect(rendered(sums)).toEqual(rendered(await opened.store.sums(everyone, held)));
    await opened.close();
  });
});

describe('sums by day', () => {
  const days = 'SELECT day - 20605, sum(flows) FROM edge_day GROUP BY day';

  it('are those of hours that are over, and of what comes late to them', async () => {
    const opened = await filled(hourly(60));
    // The last two hours of 60 may grow.
    expect(rowsOf(opened.file, days)).toEqual([
      [0, 24],
      [1, 24],
      [2, 10],
    ]);
    await append(opened, [jsonText(record({ uuid: 'late', time: '2026-06-02T05:00:00Z' }))]);
    await opened.close();
    expect(rowsOf(opened.file, days)).toEqual([
      [0, 24],
      [1, 25],
      [2, 10],
    ]);
    expect(problemsOf(opened.file)).toEqual([]);
  });

  it('go with their hours', async () => {
    const opened = await filled(hourly(60));
    await opened.writer.trim({ keepFor: noon - (Date.UTC(2026, 5, 1) + 30 * HOUR) });
    expect(rowsOf(opened.file, days)).toEqual([[2, 10]]);
    await opened.close();
    expect(problemsOf(opened.file)).toEqual([]);
  });

  it('are not asked for a day of which hours went that had no flows', async () => {
    const texts = hourly(80);
    const opened = await filled([...texts.slice(0, 24), ...texts.slice(34)]);
    // First the whole day before, then nothing but the quiet hours.
    for (const hour of [24, 30])
      await opened.writer.trim({ keepFor: noon - (Date.UTC(2026, 5, 1) + hour * HOUR) });
    expect(rendered((await viaHours(opened.file)).sums)).toEqual(
      rendered(await opened.store.sums(everyone, held)),
    );
    await opened.close();
    expect(problemsOf(opened.file)).toEqual([]);
  });

  it('are told by `verify` where they are not those of their hours', async () => {
    const opened = await filled(hourly(60));
    await opened.close();
    const db = connect(opened.file);
    db.exec('UPDATE edge_day SET flows = flows + 1 WHERE day = 20606');
    db.close();
    expect(problemsOf(opened.file)).toEqual([
      'sums of the day 2026-06-02T00:00:00Z: 1 are not those of its hours',
    ]);
  });
});
