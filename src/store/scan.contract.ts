import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Flow } from '../domain/flow/flow.js';
import { groupFields } from '../domain/grouping/fields.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { everything, type Filter } from '../domain/filter/filter.js';
import { always } from '../domain/filter/window.js';
import { bucketOf, Latencies, type Answers } from '../domain/latencies.js';
import { isAnswer } from '../domain/service-map/tally.js';
import { everyone, scopeOf, type Viewer } from '../domain/viewer.js';
import { filterWords, flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { record, words } from '../../test/support/make-flow.js';
import type { Count, HeldFlow, ScanBatch, ScanQuery } from './queries.js';
import {
  append,
  ask,
  collect,
  hold,
  naive,
  opening,
  RUNS,
  second,
  type OpenedStore,
} from './opened.contract.js';

const whole: ScanQuery = { filter: everything, window: always };
const seqOf = ({ seq }: HeldFlow): number => seq;

const fieldNames = fc.uniqueArray(
  fc.constantFrom('verdict', 'type', 'from-namespace', 'to-port', 'http-path', 'http-status', 'node-name'),
  { maxLength: 3 },
);

/** The laws of `scan`: what counts, groups and follows is made of. */
export function scanContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  describe(`${name}: scan`, () => {
    it('shows exactly the flows that match, in order of arrival, and covers every number', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), filterWords, windows, fc.nat(8), (texts, filter, window, later) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            const query = { filter: parseFilter(words(filter)), window };
            const matching = naive(held, query).sort((a, b) => a - b);
            const batches = await collect(at.store.scan(everyone, query, seqOf));
            expect(batches.flatMap(({ items }) => items)).toEqual(matching);
            expect(numbersIn(batches)).toEqual(held.map((_, i) => i + 1));
            const [afterSeq, upTo] = [later, held.length - later];
            const part = await collect(at.store.scan(everyone, { ...query, afterSeq, upTo }, seqOf));
            expect(part.flatMap(({ items }) => items)).toEqual(
              matching.filter((seq) => seq > afterSeq && seq <= upTo),
            );
          }),
        ),
        RUNS,
      ));

    it('shows of each flow what find gives', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), (texts) =>
          opened(async (at) => {
            await append(at, texts);
            const stored = ({ seq, time, placedAtArrival, record }: HeldFlow) => ({
              seq,
              time,
              placedAtArrival,
              record,
            });
            const seen = (await collect(at.store.scan(everyone, whole, stored))).flatMap(
              ({ items }) => items,
            );
            const found = await collect(at.store.find(everyone, ask({})));
            expect(seen).toEqual(found.sort((a, b) => a.seq - b.seq));
          }),
        ),
        RUNS,
      ));

    it('shows a viewer of some namespaces the flows with an end there', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), (texts) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            const shopkeeper: Viewer = { name: 'shopkeeper', namespaces: ['shop'] };
            const scope = scopeOf(shopkeeper)!;
            const seen = await collect(at.store.scan(shopkeeper, whole, seqOf));
            expect(seen.flatMap(({ items }) => items)).toEqual(
              held.flatMap((flow, i) => (scope(flow) ? [i + 1] : [])),
            );
          }),
        ),
        RUNS,
      ));
  });

  describe(`${name}: counts`, () => {
    it('are those of the flows that match, by any field and step, of any stretch of arrival', () =>
      fc.assert(
        fc.asyncProperty(
          flowTexts(),
          filterWords,
          windows,
          fieldNames,
          fc.constantFrom(undefined, 1n, 60n, 120n),
          fc.nat(8),
          (texts, filter, window, fields, seconds, later) =>
            opened(async (at) => {
              const held = await hold(at, texts);
              const asks = fields.map((name) => groupFields.get(name)!.of);
              const step = seconds === undefined ? undefined : seconds * second;
              for (const asked of [everything, parseFilter(words(filter))]) {
                const query = { filter: asked, window, afterSeq: later, step, latencies: true as const };
                const told = (await collect(at.store.counts(everyone, query, asks))).flat();
                const mine = naive(held, query)
                  .filter((seq) => seq > later)
                  .map((seq) => held[seq - 1]!);
                expect(added(told, step)).toEqual(
                  added(
                    mine.map((flow) => ({
                      ...once(flow.time!),
                      key: asks.map((ask) => ask(flow)),
                      flows: flow.weight,
                      ...(isAnswer(flow) && { answers: answersOf(flow) }),
                    })),
                    step,
                  ),
                );
              }
            }),
        ),
        { numRuns: RUNS.numRuns * 3 },
      ));
  });

  describe(`${name}: a question that was called off`, () => {
    /** Matches nothing, and calls the question off when it sees the first flow. */
    function callingOff(): { filter: Filter; signal: AbortSignal; looked: () => number } {
      const controller = new AbortController();
      let looked = 0;
      const matches = () => {
        looked++;
        controller.abort();
        return false;
      };
      return { filter: { matches, isEmpty: false }, signal: controller.signal, looked: () => looked };
    }

    const blocks = 5;
    async function holdBlocks(at: OpenedStore): Promise<void> {
      for (let block = 0; block < blocks; block++) {
        const time = `2026-06-01T10:0${block}:00Z`;
        await append(at, [jsonText(record({ uuid: `flow-${block}`, time }))]);
      }
    }

    it('reads on to the end of its step and not beyond it, though nothing matches', () =>
      opened(async (at) => {
        await holdBlocks(at);
        const scanned = callingOff();
        await collect(at.store.scan(everyone, { ...whole, ...scanned }, seqOf));
        expect(scanned.looked()).toBe(1);
      }));

    it.each(['tallies', 'sums', 'drops', 'records'] as const)('reads no further for %s either', (what) =>
      opened(async (at) => {
        await holdBlocks(at);
        const { filter, signal, looked } = callingOff();
        const asked = at.store[what](everyone, { filter, window: always, signal });
        if (Symbol.asyncIterator in asked) await collect<unknown>(asked);
        else await asked;
        expect(looked()).toBe(1);
      }),
    );

    it('finds nothing more', () =>
      opened(async (at) => {
        await holdBlocks(at);
        const controller = new AbortController();
        const found: number[] = [];
        for await (const { seq } of at.store.find(everyone, ask({ signal: controller.signal }))) {
          found.push(seq);
          controller.abort();
        }
        expect(found).toEqual([1]);
      }));
  });
}

const once = (time: bigint) => ({ count: 1, first: time, last: time });

function answersOf({ latency, isPaired }: Flow): Answers {
  const latencies = new Latencies();
  if (latency > 0) latencies.add(bucketOf(latency), 1, isPaired ? 1 : 0);
  return { count: 1, latencies };
}

/** By key and bucket. */
function added(counts: readonly Count<string>[], step = 1n << 62n): Record<string, object> {
  const sums: Record<string, Omit<Count<string>, 'key' | 'answers'> & { answers: Answers }> = {};
  for (const { key, count, flows, first, last, answers } of counts) {
    expect(first / step).toBe(last / step);
    const none = { count: 0, latencies: new Latencies() };
    const sum = (sums[`${JSON.stringify(key)} ${first / step}`] ??= {
      count: 0,
      flows: 0,
      first,
      last,
      answers: none,
    });
    sum.count += count;
    sum.flows += flows;
    if (first < sum.first) sum.first = first;
    if (last > sum.last) sum.last = last;
    if (answers === undefined) continue;
    sum.answers.count += answers.count;
    sum.answers.latencies.merge(answers.latencies);
  }
  return Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, { ...sum, answers: told(sum) }]));
}

function told({ answers: { count, latencies } }: { answers: Answers }): object {
  return { count, measured: latencies.counts(), paired: latencies.paired };
}

function numbersIn(batches: readonly ScanBatch<unknown>[]): number[] {
  return batches.flatMap(({ from, upTo }) => Array.from({ length: upTo - from + 1 }, (_, i) => from + i));
}
