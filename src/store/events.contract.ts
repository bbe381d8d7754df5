import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { always, inWindow, type Window } from '../domain/filter/window.js';
import type { EventKind } from '../domain/flow/record.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { everyone } from '../domain/viewer.js';
import { jsonText } from '../../test/support/json-text.js';
import { eventOf } from '../../test/support/make-flow.js';
import type { EventQuery, StoredEvent } from './queries.js';
import { collect, opening, RUNS, second, ten, type OpenedStore } from './opened.contract.js';

const KINDS: readonly EventKind[] = ['lost_events', 'node_status', 'agent_event', 'debug_event'];

interface Told {
  kind: EventKind;
  /** Seconds behind ten o'clock. */
  at: number | undefined;
}

const told: fc.Arbitrary<Told> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.option(fc.nat(6), { nil: undefined }),
});
const windows: fc.Arbitrary<Window> = fc
  .tuple(fc.option(fc.nat(6), { nil: undefined }), fc.option(fc.nat(6), { nil: undefined }))
  .map(([since, until]) => ({ since: timeOf(since), until: timeOf(until) }));

function timeOf(at: number | undefined): bigint | undefined {
  return at === undefined ? undefined : ten + BigInt(at) * second;
}

/** What is told of events by themselves, of every store. */
export function eventsContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  describe(`${name}: events`, () => {
    const textOf = ({ kind, at }: Told, n: number) => {
      const time = timeOf(at);
      return jsonText({
        [kind]: { n },
        node_name: `c/n${n % 3}`,
        ...(time === undefined ? {} : { time: formatTimestamp(time) }),
      });
    };
    const put = async ({ writer }: OpenedStore, events: readonly Told[], from = 0) => {
      for (const [i, event] of events.entries()) {
        const text = textOf(event, from + i);
        writer.appendEvent(eventOf(JSON.parse(text)), Buffer.from(text));
      }
      await writer.commit();
    };
    const ask = async ({ store }: OpenedStore, query: Partial<EventQuery>, viewer = everyone) => {
      const asked = { kinds: KINDS, window: always, order: 'asc' as const, ...query };
      const batches = await collect(store.events(viewer, asked));
      return batches.flatMap(({ events }) => events);
    };
    const records = (events: readonly StoredEvent[]) => events.map(({ record }) => record);
    /** The texts in the order of their times, those without one first. */
    const naive = (events: readonly Told[], kinds: readonly EventKind[], window: Window) => {
      const isOpen = window.since === undefined && window.until === undefined;
      return events
        .map((event, n) => ({ ...event, n, text: textOf(event, n) }))
        .filter(({ kind, at }) => kinds.includes(kind) && (isOpen || inWindow(window, timeOf(at) ?? -1n)))
        .filter(({ at }) => isOpen || at !== undefined)
        .sort((a, b) => (a.at ?? -1) - (b.at ?? -1) || a.n - b.n)
        .map(({ text }) => text);
    };

    it('are those of the kinds and the window, to the letter, in order of time, both ways', () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(told, { maxLength: 200 }),
          fc.subarray([...KINDS]),
          windows,
          (events, kinds, window) =>
            opened(async (at) => {
              await put(at, events);
              const expected = naive(events, kinds, window);
              expect(records(await ask(at, { kinds, window }))).toEqual(expected);
              expect(records(await ask(at, { kinds, window, order: 'desc' }))).toEqual(expected.reverse());
            }),
        ),
        RUNS,
      ));

    it('can be read on from any of them, also while others come', () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(told, { minLength: 1, maxLength: 30 }),
          fc.array(told, { maxLength: 5 }),
          fc.constantFrom<EventQuery['order']>('asc', 'desc', 'arrival'),
          fc.nat(),
          (events, more, order, cut) =>
            opened(async (at) => {
              await put(at, events);
              const upTo = at.store.lastEvent();
              const whole = await ask(at, { order });
              await put(at, more, events.length);
              const place = cut % whole.length;
              const rest = await ask(at, { order, upTo, after: whole[place] });
              expect(rest).toEqual(whole.slice(place + 1));
            }),
        ),
        RUNS,
      ));

    it('tell their node and their time, and come in order of arrival when asked so', () =>
      opened(async (at) => {
        await put(at, [
          { kind: 'agent_event', at: 3 },
          { kind: 'debug_event', at: undefined },
          { kind: 'agent_event', at: 1 },
        ]);
        const events = await ask(at, { order: 'arrival', kinds: ['agent_event'] });
        expect(events.map(({ node, time }) => ({ node, time }))).toEqual([
          { node: 'c/n0', time: timeOf(3) },
          { node: 'c/n2', time: timeOf(1) },
        ]);
        expect(await ask(at, { order: 'arrival', after: events[1] })).toEqual([]);
      }));

    it('are numbered on when the newest of them was removed', () =>
      opened(async (at) => {
        await put(at, [{ kind: 'agent_event', at: 1 }]);
        const last = at.store.lastEvent();
        await at.writer.trim({ keepFor: 1 });
        expect(at.store.lastEvent()).toBe(0);
        await put(at, [{ kind: 'agent_event', at: 60 }], 1);
        expect(at.store.lastEvent()).toBeGreaterThan(last);
      }));

    it('are stored, and their losses added up, however many Hubble says that it lost', () =>
      opened(async (at) => {
        const most = `"${(2n ** 64n - 1n).toString()}"`;
        for (let n = 0; n < 1_100; n++) {
          const text = `{"lost_events":{"num_events_lost":${most}},"node_name":"n${n}"}`;
          at.writer.appendEvent(eventOf(JSON.parse(text)), Buffer.from(text));
        }
        await at.writer.commit();
        expect(at.store.eventCounts().lost_events).toBe(1_100);
        const sum = 1_100 * Number.MAX_SAFE_INTEGER;
        expect(at.store.extent(always).eventsLost / sum).toBeCloseTo(1);
      }));

    it('are none to a viewer of some namespaces', () =>
      opened(async (at) => {
        await put(at, [{ kind: 'agent_event', at: 1 }]);
        expect(await ask(at, {}, { name: 'shopkeeper', namespaces: ['shop'] })).toEqual([]);
      }));
  });
}
