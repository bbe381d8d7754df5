import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import fc from 'fast-check';
import { flipBits } from '../../../test/support/damage-file.js';
import { jsonText } from '../../../test/support/json-text.js';
import { newFlow, pod, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import type { Window } from '../../domain/filter/window.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import { everyone } from '../../domain/viewer.js';
import { openForReading } from './database.js';
import { Retention } from './retention.js';
import { SqliteFlowStore } from './flow-store.js';
import { verify } from './verify.js';

const newFolder = temporaryFolders();
/** Milliseconds. */
const START = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;
const DAY = 86_400_000;
const now = () => START + 12 * 60 * MINUTE;
const at = (minutes: number) => BigInt(START + minutes * MINUTE) * 1_000_000n;
const window = (from: number, to: number): Window => ({ since: at(from), until: at(to) - 1n });
type Opened = ReturnType<typeof openSqlite>;

const kinds = [
  { IP: { source: '10.0.0.1', destination: '10.0.0.2' } },
  { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED', event_type: { type: 1 }, is_reply: undefined },
  { l4: { TCP: { source_port: 40_000, destination_port: 80, flags: { SYN: true } } } },
  { Type: 'L7', l7: { type: 'REQUEST', http: { method: 'GET', url: 'http://x/y' } } },
  { Type: 'L7', l7: { type: 'RESPONSE', latency_ns: '4000000', http: { code: 200 } }, is_reply: true },
];

function textOf(number: number, minutes: number): string {
  const time = new Date(START + Math.floor(minutes * MINUTE)).toISOString();
  const source = pod(`shop/web-${number % 7}`, number % 2 === 0 ? 'web' : 'cart');
  return jsonText(
    record({
      uuid: `flow ${number}`,
      time,
      source,
      destination: pod('pay/api-0', 'api'),
      ...kinds[number % 5],
    }),
  );
}

/** A block for each list of the minutes at which its flows are. */
async function stored(blocks: readonly (readonly number[])[], folder = newFolder()): Promise<Opened> {
  const opened = openSqlite(folder, now);
  for (const [i, minutes] of blocks.entries()) {
    for (const [j, minute] of minutes.entries()) opened.writer.append(newFlow(textOf(i * 1000 + j, minute)));
    await opened.writer.commit();
  }
  return opened;
}

async function mapOf(store: SqliteFlowStore, asked: Window) {
  const { tallies, ends } = await store.sums(everyone, { filter: everything, window: asked });
  const map = ServiceMap.of(tallies, 'workload', ends);
  return { nodes: map.nodes(), edges: map.edges() };
}

/** Ten hours, a flow every other minute, in blocks of twenty minutes. */
const tenHours = Array.from({ length: 30 }, (_, block) =>
  Array.from({ length: 10 }, (_, i) => block * 20 + i * 2 + 0.3),
);
/** Such that what is older than a time goes, if some of it is older by half an hour. */
const keepFor = (minutes: number) => (12 * 60 - minutes) * MINUTE;

function problemsOf(file: string): string[] {
  const db = openForReading(file);
  const problems = [...verify(db)].flatMap((found) => found.problems);
  db.close();
  return problems;
}

describe('sums by minute', () => {
  const minute = fc.double({ min: 0, max: 600, noNaN: true });
  const span = fc.tuple(fc.nat(600), fc.nat(600)).map(([a, b]) => window(Math.min(a, b), Math.max(a, b) + 1));

  it('with sums by hour in the middle, and what is held, tell what the flows told', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(minute, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 }),
        fc.array(span, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 3 }),
        fc.boolean(),
        async (blocks, windows, ages, withHours) => {
          const { store, writer, close, file } = await stored(blocks);
          const before = await Promise.all(windows.map((asked) => mapOf(store, asked)));
          for (const age of ages) {
            const keepSumsFor = withHours ? 30 * DAY : undefined;
            await writer.trim({ keepFor: keepFor(age), keepMinutesFor: 7 * DAY, keepSumsFor });
            for (const [i, asked] of windows.entries()) expect(await mapOf(store, asked)).toEqual(before[i]);
          }
          await close();
          expect(problemsOf(file)).toEqual([]);
        },
      ),
      { numRuns: 30 },
    ));

  it('tell what the flows told when these go by arrival, as the file is too large', async () => {
    const { db, store, close } = await stored(tenHours.toReversed());
    const windows = [window(0, 600), window(15, 131), window(590, 600)];
    const before = await Promise.all(windows.map((asked) => mapOf(store, asked)));
    const limits = { keepFor: DAY, keepMinutesFor: DAY, keepBytes: 300_000 };
    const retention = new Retention(db, limits, now);
    expect(retention.isDue).toBe(true);
    for (let i = 0; i < 6; i++) {
      await retention.removeSome();
      const after = await Promise.all(windows.map((asked) => mapOf(store, asked)));
      expect(after).toEqual(before);
    }
    expect(store.summary().flows).toBeLessThan(200);
    await close();
  });

  it('are read only where hours are not, and answers name both', async () => {
    const { store, writer, close } = await stored(tenHours);
    const asked = window(50, 275);
    expect(store.summed(asked)).toEqual({ hours: undefined, minutes: undefined });
    await writer.trim({ keepFor: keepFor(300), keepMinutesFor: DAY, keepSumsFor: 30 * DAY });
    expect(store.summed(asked)).toEqual({
      hours: { from: at(60), to: at(240) },
      minutes: { from: at(50), to: at(275), missing: [] },
    });
    expect(store.summed(window(60, 240)).minutes).toBeUndefined();
    expect(store.summed(window(61, 64)).minutes).toEqual({ from: at(61), to: at(64), missing: [] });
    expect(store.summed(window(300, 600))).toEqual({ hours: undefined, minutes: undefined });
    await close();
  });

  it('are written behind a part that has many, or that is damaged', async () => {
    const folder = newFolder();
    const { writer, close, file } = await stored([[10, 11, 12], [58]], folder);
    await writer.trim({ keepFor: keepFor(50), keepMinutesFor: DAY });
    await close();
    flipBits(file, 'edge_minutes.columns');
    const again = openSqlite(folder, now);
    await again.writer.trim({ keepFor: keepFor(95), keepMinutesFor: DAY });
    const parts = connect(file, { readonly: true })
      .prepare('SELECT part, flows FROM edge_minutes ORDER BY hour, part')
      .all();
    expect(parts).toEqual([
      { part: 0, flows: 3 },
      { part: 1, flows: 1 },
    ]);
    await again.close();
    expect(problemsOf(file)).toEqual([
      expect.stringMatching(
        /^minutes of the hour 2026-06-01T00:00:00Z, part 0: .*not those that were written/,
      ),
    ]);
    const store = new SqliteFlowStore(openForReading(file), file);
    expect((await mapOf(store, window(0, 60))).edges).toEqual([
      expect.objectContaining({ firstSeen: '2026-06-01T00:58:00Z' }),
    ]);
    expect(store.summed(window(0, 60)).minutes?.missing).toEqual([{ from: at(0), to: at(60) }]);
    store.close();
  });

  it('say of which time flows were removed that could not be read', async () => {
    const folder = newFolder();
    const { close, file } = await stored([[10, 11], [12, 13], [14]], folder);
    await close();
    flipBits(file, 'segment.columns', 'first_seq = 3');
    const { store, writer, close: closeAgain } = openSqlite(folder, now);
    await writer.trim({ keepFor: keepFor(60), keepMinutesFor: DAY });
    expect(store.summary().flows).toBe(0);
    const { minutes } = store.summed(window(0, 60));
    expect(minutes).toEqual({ from: at(10), to: at(15), missing: [{ from: at(12), to: at(13) + 1n }] });
    const { tallies } = await store.sums(everyone, { filter: everything, window: window(0, 60) });
    expect([...tallies].reduce((all, { weight }) => all + weight, 0)).toBe(3);
    await closeAgain();
  });

  it('take a tenth of a size that is exceeded, before flows go for them', async () => {
    const { db, store, writer, close } = await stored(tenHours);
    await writer.trim({ keepFor: keepFor(600), keepMinutesFor: DAY });
    const size = (db.pragma('page_count', { simple: true }) as number) * 16_384;
    const hours = () => db.prepare('SELECT count(DISTINCT hour) FROM edge_minutes').pluck().get();
    expect(hours()).toBe(10);
    const bytes = db.prepare<[], number>('SELECT sum(length(columns)) FROM edge_minutes').pluck().get() ?? 0;
    const limits = { keepFor: DAY, keepMinutesFor: DAY, keepBytes: 10 * (bytes - 1) };
    expect(limits.keepBytes).toBeLessThan(size);
    const retention = new Retention(db, limits, now);
    expect(retention.isDue).toBe(true);
    expect(await retention.removeSome()).toMatchObject({ flows: 0 });
    expect(hours()).toBe(9);
    expect(store.summed(window(0, 600)).minutes?.from).toBe(at(60));
    await close();
  });

  it('of a part of a store that keeps none are not told', async () => {
    const { store, writer, close } = await stored([[10], [70], [130]]);
    await writer.trim({ keepFor: keepFor(50), keepMinutesFor: DAY });
    await writer.trim({ keepFor: keepFor(110) });
    await writer.trim({ keepFor: keepFor(170), keepMinutesFor: DAY });
    expect(store.summary().flows).toBe(0);
    expect(store.summed(window(0, 600)).minutes).toEqual({ from: at(130), to: at(131), missing: [] });
    await close();
  });
});

describe('a map that is read while its flows are removed', () => {
  it('is that of all of them', async () => {
    const oneAnHour = Array.from({ length: 10 }, (_, hour) =>
      Array.from({ length: 30 }, (_, i) => hour * 60 + i * 2 + 0.3),
    );
    const { store, writer, close } = await stored(oneAnHour);
    const before = await mapOf(store, window(0, 600));
    // A block each time, which comes upon readers that began at any moment before.
    for (const minutes of [95, 155, 215]) {
      const readings: ReturnType<typeof mapOf>[] = [];
      const state = { isRemoving: true };
      const removing = writer.trim({ keepFor: keepFor(minutes), keepMinutesFor: DAY }).finally(() => {
        state.isRemoving = false;
      });
      while (state.isRemoving) {
        readings.push(mapOf(store, window(0, 600)));
        await setImmediate();
      }
      expect((await removing)?.flows).toBe(30);
      for (const reading of readings) expect(await reading).toEqual(before);
    }
    await close();
  });
});
