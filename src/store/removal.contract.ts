import { describe, expect, it } from '@jest/globals';
import { everything } from '../domain/filter/filter.js';
import { always } from '../domain/filter/window.js';
import { everyone } from '../domain/viewer.js';
import { jsonText } from '../../test/support/json-text.js';
import { eventOf, record } from '../../test/support/make-flow.js';
import { append, ask, clock, collect, opening, second, type OpenedStore } from './opened.contract.js';

/** What every store keeps to when flows are removed. `open` gives an empty one, with the clock of the contract. */
export function removalContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  describe(`${name}: what is too old`, () => {
    const at = (day: string, n: number, fields: Record<string, unknown> = {}) =>
      jsonText(record({ time: `2026-0${day}T10:00:0${n}Z`, Summary: `${day} ${n}`, ...fields }));
    const old = [at('5-01', 1), at('5-01', 2), at('5-02', 1)];
    const recent = [at('6-01', 1), at('5-31', 1)];
    const day = 86_400_000;

    it('is removed, and what is left is told as if it had never been, but for its numbers', () =>
      opened(async (store) => {
        for (const batch of [old.slice(0, 2), recent, old.slice(2)]) await append(store, batch);
        expect(store.store.removed()).toMatchObject({ removals: 0, flows: 0, until: undefined });
        const until = 1_777_716_001n * second;
        expect(await store.writer.trim({ keepFor: 7 * day })).toEqual({ flows: 3, events: 0, until });
        expect(await store.writer.trim({ keepFor: 7 * day })).toBeUndefined();
        const left = await collect(store.store.find(everyone, ask({})));
        expect(left.map(({ record }) => record).sort()).toEqual(recent.toSorted());
        expect((await store.store.take(everyone, [1, 2, 3, 4, 5, 6])).map(({ seq }) => seq)).toEqual([3, 4]);
        const counted = await collect(store.store.tallies(everyone, { filter: everything, window: always }));
        expect(counted.flatMap(({ tallies }) => tallies).reduce((sum, { weight }) => sum + weight, 0)).toBe(
          2,
        );
        expect(store.store.coverage(always).reduce((sum, { flows }) => sum + flows, 0)).toBe(2);
        expect(store.store.summary()).toMatchObject({
          flows: 2,
          lastSeq: 5,
          newest: 1_780_308_001n * second,
        });
        expect(store.store.removed()).toMatchObject({
          flows: 3,
          events: 0,
          until,
          last: clock(),
        });
        expect(store.store.removed().removals).toBeGreaterThan(0);
      }));

    it('is new when it comes again, and no number is given twice, also when nothing was left', () =>
      opened(async (store) => {
        await append(store, old);
        await store.writer.trim({ keepFor: 7 * day });
        expect(store.store.summary()).toMatchObject({ flows: 0, lastSeq: 3, oldest: undefined });
        expect(await append(store, [...recent, ...old])).toEqual([...recent, ...old]);
        expect((await collect(store.store.find(everyone, ask({})))).map(({ seq }) => seq).sort()).toEqual([
          4, 5, 6, 7, 8,
        ]);
        expect(await append(store, recent)).toEqual([]);
      }));

    it('takes events along, and nothing goes where nothing is too much', () =>
      opened(async (store) => {
        const told = (time: string) => ({
          lost_events: { source: 'X', num_events_lost: '1' },
          node_name: 'n',
          time,
        });
        const events = [told('2026-05-01T10:00:00Z'), told('2026-06-01T10:00:00Z')];
        const send = () => events.map((e) => store.writer.appendEvent(eventOf(e), Buffer.from(jsonText(e))));
        expect(send()).toEqual([true, true]);
        await append(store, recent);
        for (const limits of [{}, { keepFor: 60 * day }])
          expect(await store.writer.trim(limits)).toBeUndefined();
        expect(await store.writer.trim({ keepFor: 7 * day })).toEqual({
          flows: 0,
          events: 1,
          until: undefined,
        });
        expect(store.store.eventCounts()).toEqual({ lost_events: 1 });
        expect(send()).toEqual([true, false]);
      }));
  });
}
