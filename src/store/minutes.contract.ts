import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { pod, record } from '../../test/support/make-flow.js';
import { everything } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always, type Window } from '../domain/filter/window.js';
import { isForetold } from '../domain/service-map/foretold.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import { everyone } from '../domain/viewer.js';
import { words } from '../../test/support/make-flow.js';
import { append, clock, NOW, opening, second, ten, type OpenedStore } from './opened.contract.js';

const MINUTE = 60n * second;
const RUNS = { numRuns: 60 };
const levels = ['cluster', 'namespace', 'workload'] as const;
/** Milliseconds. */
const week = 7 * 86_400_000;

/** From one whole minute to another, seen from ten o'clock; open at either end. */
const minutes = fc
  .record({
    since: fc.option(fc.integer({ min: -70, max: 70 }), { nil: undefined }),
    length: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
  })
  .map(({ since, length }): Window => {
    const begin = since === undefined ? undefined : ten + BigInt(since) * MINUTE;
    const end = length === undefined ? undefined : (begin ?? ten) + BigInt(length) * MINUTE - 1n;
    return { since: begin, until: end };
  });

/** What every store tells of flows that it removed, while their minutes are kept. */
export function minutesContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  describe(`${name}: minutes of flows that were removed`, () => {
    it('tell the map that the flows told, of every window of whole minutes, whatever was removed', () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(flowTexts(12), { minLength: 1, maxLength: 5 }),
          fc.array(minutes, { minLength: 1, maxLength: 5 }),
          fc.array(fc.integer({ min: -90 * 60, max: 90 * 60 }), { minLength: 1, maxLength: 3 }),
          (batches, windows, ages) =>
            opened(async (at) => {
              for (const [i, texts] of batches.entries()) await append(at, moved(texts, i * 17));
              const before = await told(at, windows);
              for (const age of ages) {
                const keepFor = Number((NOW - ten) / 1_000_000n) + age * 1000;
                await at.writer.trim({ keepFor, keepMinutesFor: week });
                const after = await told(at, windows);
                for (const [i, map] of before.entries()) if (map.isSure) expect(after[i]).toEqual(map);
              }
            }),
        ),
        RUNS,
      ));

    it('are named, as far as flows of them were removed, and part of a minute tells only what is held', () =>
      opened(async (at) => {
        const texts = [-100, -61, -45, 5].map((seconds) => flowAt(seconds));
        for (const text of texts) await append(at, [text]);
        expect(at.store.summed(always)).toEqual({ hours: undefined, minutes: undefined });
        const keepFor = Number((NOW - ten) / 1_000_000n);
        await at.writer.trim({ keepFor, keepMinutesFor: week });
        const begin = ten - 2n * MINUTE;
        expect(at.store.summary().flows).toBe(1);
        const { minutes: all } = at.store.summed({ since: begin, until: ten + MINUTE });
        expect(all).toEqual({ from: begin, to: ten, missing: [] });
        const part = { since: begin + 30n * second, until: ten + MINUTE };
        expect(at.store.summed(part).minutes).toEqual({ from: begin + MINUTE, to: ten, missing: [] });
        expect(await countOf(at, { since: begin, until: undefined })).toBe(4);
        expect(await countOf(at, part)).toBe(2);
        expect(at.store.summed({ since: ten, until: undefined }).minutes).toBeUndefined();
      }));

    it('are not told with a filter or numbers, as sums cannot tell', () =>
      opened(async (at) => {
        await append(at, [flowAt(-100)]);
        await at.writer.trim({ keepFor: 1, keepMinutesFor: week });
        const window = { since: ten - 2n * MINUTE, until: undefined };
        const filter = parseFilter(words({ verdict: 'FORWARDED' }));
        expect([...(await at.store.sums(everyone, { filter, window })).tallies]).toEqual([]);
        const numbered = await at.store.sums(everyone, { filter: everything, window, afterSeq: 0 });
        expect([...numbered.tallies]).toEqual([]);
        expect(await countOf(at, window)).toBe(1);
        expect((await at.store.drops(everyone, { filter: everything, window })).tallies).toEqual([]);
      }));

    it('go by whole hours when they are too old, and nothing is told where they were not kept', () =>
      opened(async (at) => {
        const hour = 3600;
        for (const seconds of [-5 * hour, -3 * hour, -2 * hour, -hour]) await append(at, [flowAt(seconds)]);
        const keepMinutesFor = 4 * hour * 1000;
        await at.writer.trim({ keepFor: 1.5 * hour * 1000, keepMinutesFor });
        const since = ten - BigInt(6 * hour) * second;
        expect(await countOf(at, { since, until: undefined })).toBe(3);
        expect(at.store.summed({ since, until: undefined }).minutes?.from).toBe(
          ten - BigInt(3 * hour) * second,
        );
        await at.writer.trim({ keepFor: 1 });
        expect(at.store.summed({ since, until: undefined }).minutes).toBeUndefined();
        expect(await countOf(at, { since, until: undefined })).toBe(0);
      }));
  });
}

/** Flows without a time stay without one. */
function moved(texts: readonly string[], minutes: number): string[] {
  return texts.map((text) =>
    text.replace(/"time":"([^"]+)"/g, (_, time: string) => {
      const later = new Date(Date.parse(time) + minutes * 60_000).toISOString();
      return `"time":"${later.slice(0, -1)}${/\.\d{3}(\d+)/.exec(time)?.[1] ?? ''}Z"`;
    }),
  );
}

function flowAt(seconds: number): string {
  const time = new Date(clock() + (seconds - 60) * 1000).toISOString();
  return jsonText(record({ uuid: String(seconds), time, source: pod('shop/web-0', 'web') }));
}

async function told({ store }: OpenedStore, windows: readonly Window[]) {
  const maps = [];
  for (const window of windows) {
    const sums = await store.sums(everyone, { filter: everything, window });
    const told = levels.map((level) => {
      const map = ServiceMap.of(sums.tallies, level, sums.ends);
      // Sums tell labels of all time.
      return { nodes: map.nodes().map((node) => ({ ...node, labels: [] })), edges: map.edges() };
    });
    maps.push({ isSure: isForetold(sums.pods), told });
  }
  return maps;
}

async function countOf({ store }: OpenedStore, window: Window): Promise<number> {
  const { tallies } = await store.sums(everyone, { filter: everything, window });
  return [...tallies].reduce((sum, { weight }) => sum + weight, 0);
}
