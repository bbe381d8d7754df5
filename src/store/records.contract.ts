import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everything } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import { everyone } from '../domain/viewer.js';
import { filterWords, flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { eventOf, newFlow, pod, record, words } from '../../test/support/make-flow.js';
import type { StoreQuery } from './queries.js';
import { collect, hold, naive, opening, RUNS, ten, type OpenedStore } from './opened.contract.js';

/** What an export gives, of every store. */
export function recordsContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  describe(`${name}: records`, () => {
    const event = (n: number, time?: string) => ({
      agent_event: { type: 'POLICY_UPDATED', n },
      node_name: 'c/n1',
      ...(time === undefined ? {} : { time }),
    });
    const read = async ({ store }: OpenedStore, query: Partial<StoreQuery> = {}, viewer = everyone) => {
      const batches = await collect(store.records(viewer, { filter: everything, window: always, ...query }));
      const texts = batches.map(({ text }) => text).join('');
      const count = (of: 'flows' | 'events' | 'damaged') =>
        batches.reduce((sum, batch) => sum + batch[of], 0);
      return { texts, flows: count('flows'), events: count('events'), damaged: count('damaged') };
    };
    /** Numbers are events, texts are flows. */
    const put = async ({ writer }: OpenedStore, told: readonly (string | number)[], time?: string) => {
      const reader = new FlowReader();
      const texts = told.map((one) => (typeof one === 'string' ? one : jsonText(event(one, time))));
      const stored = texts.filter((text, i) =>
        typeof told[i] === 'string'
          ? writer.append(newFlow(text, reader))
          : writer.appendEvent(eventOf(JSON.parse(text)), Buffer.from(text)),
      );
      await writer.commit();
      return stored;
    };
    const linesOf = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');

    it('are what went in, to the letter and in its order, events between flows and known ones left out', () =>
      fc.assert(
        fc.asyncProperty(
          flowTexts(),
          fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 9 })), { maxLength: 12 }),
          fc.nat(30),
          (texts, events, cut) =>
            opened(async (at) => {
              const told: (string | number)[] = [...texts];
              for (const [place, n] of events) told.splice(place % (told.length + 1), 0, n);
              const stored = [...(await put(at, told.slice(0, cut))), ...(await put(at, told.slice(cut)))];
              const found = await read(at);
              expect(found.texts).toBe(linesOf(stored));
              expect(found.flows + found.events).toBe(stored.length);
              expect(found.damaged).toBe(0);
            }),
        ),
        RUNS,
      ));

    it('are the flows that pass where a filter is given, and no events', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), filterWords, windows, (texts, asked, window) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            await put(at, [1]);
            const query = { filter: parseFilter(words(asked)), window };
            const passing = new Set(naive(held, query));
            const stored = await at.store.take(
              everyone,
              [...held.keys()].map((i) => i + 1),
            );
            const expected = stored.filter(({ seq }) => passing.has(seq)).map(({ record }) => record);
            const found = await read(at, query);
            if (!query.filter.isEmpty) expect(found).toMatchObject({ texts: linesOf(expected), events: 0 });
            expect(found.flows).toBe(passing.size);
          }),
        ),
        RUNS,
      ));

    it('of a window have the events whose own time is inside', () =>
      opened(async (at) => {
        await put(at, [jsonText(record({ time: '2026-06-01T10:00:00Z' })), 1], '2026-06-01T10:00:00Z');
        await put(at, [jsonText(record({ time: '2026-06-01T10:00:01Z' })), 2], '2026-06-01T10:00:01Z');
        await put(at, [3]);
        const found = await read(at, { window: { since: ten + 1n, until: undefined } });
        expect(found).toMatchObject({ flows: 1, events: 1 });
        expect(found.texts).toContain('"n":2');
        expect(await read(at)).toMatchObject({ flows: 2, events: 3 });
      }));

    it('to a viewer of some namespaces are the flows in scope alone', () =>
      opened(async (at) => {
        const hidden = jsonText(record({ source: pod('pay/a'), destination: pod('pay/b') }));
        const visible = jsonText(record({ source: pod('shop/a'), destination: pod('pay/b') }));
        await put(at, [hidden, 1, visible, 2]);
        const found = await read(at, {}, { name: 'shopkeeper', namespaces: ['shop'] });
        expect(found).toEqual({ texts: `${visible}\n`, flows: 1, events: 0, damaged: 0 });
      }));

    it('of an empty store are none', () =>
      opened(async (at) => {
        expect(await read(at)).toEqual({ texts: '', flows: 0, events: 0, damaged: 0 });
      }));
  });
}
