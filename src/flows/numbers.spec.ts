import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFilter } from '../domain/filter/parse-filter.js';
import type { Flow } from '../domain/flow/flow.js';
import { groupFields, hintFields } from '../domain/grouping/fields.js';
import { everyone } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import { clock, hold, naive, opening, RUNS } from '../store/opened.contract.js';
import { filterWords, flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { record, words } from '../../test/support/make-flow.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { countFlows, groupFlows, hintsOf, seriesOf, type Counted } from './numbers.js';
import { heldBuckets } from '../query/step.js';

const newFolder = temporaryFolders();
const opened = opening(() => Promise.resolve(openSqlite(newFolder(), clock)));

const fieldNames = fc.uniqueArray(fc.constantFrom(...groupFields.keys()), { minLength: 1, maxLength: 3 });
const open: Pick<Counted, 'signal'> = { signal: new AbortController().signal };

function tally(flows: readonly Flow[], keyOf: (flow: Flow) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of flows.flatMap(keyOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const windowed = (store: FlowStore, asked: Counted, step: string | undefined) =>
  heldBuckets(store.extent(asked.window), asked.window, step);

describe('numbers', () => {
  it('agree with the flows that pass, whatever they are told apart by', () =>
    fc.assert(
      fc.asyncProperty(
        flowTexts(),
        filterWords,
        windows,
        fieldNames,
        fc.constantFrom(...hintFields.values()),
        (texts, filter, window, names, hinted) =>
          opened(async (at) => {
            const held = await hold(at, texts);
            const query = { filter: parseFilter(words(filter)), window };
            const passing = naive(held, query).map((seq) => held[seq - 1]!);
            const asked: Counted = { ...query, ...open, upTo: held.length };

            const { count, flows } = await countFlows(at.store, everyone, asked);
            expect({ count, flows }).toEqual({
              count: passing.length,
              flows: passing.reduce((sum, { weight }) => sum + weight, 0),
            });

            const by = names.map((name) => groupFields.get(name)!);
            const { top } = (await groupFlows(at.store, everyone, asked, by)).rank(1_000);
            expect(new Map(top.map((group) => [JSON.stringify(group.values), group.count]))).toEqual(
              tally(passing, (flow) => [JSON.stringify(by.map((field) => field.of(flow)))]),
            );

            const [field] = by;
            const buckets = windowed(at.store, asked, '1m');
            const { series, others } = await seriesOf(at.store, everyone, asked, buckets, field, 2);
            const totals = [...tally(passing, (flow) => [field!.of(flow)]).values()].sort((a, b) => b - a);
            expect(series.map(({ total }) => total)).toEqual(totals.slice(0, 2));
            expect(others.total).toBe(totals.slice(2).reduce((sum, total) => sum + total, 0));
            const ends = [others, ...series].map(({ counts }) => counts.length);
            expect(new Set(ends)).toEqual(new Set([buckets.count]));

            const { groups, strange } = await hintsOf(at.store, everyone, asked, hinted, '');
            const hints = groups.rank(1_000).top;
            expect(new Map(hints.map((hint) => [hint.values[0], hint.count]))).toEqual(
              tally(passing, (flow) => hinted.all(flow).filter((value) => !strange.has(value))),
            );
          }),
      ),
      RUNS,
    ));

  it('say how long answers took, and how many of them told it', () =>
    opened(async (at) => {
      const answer = (latency: unknown) => ({
        Type: 'L7',
        is_reply: true,
        l7: { type: 'RESPONSE', latency_ns: latency, http: { code: 200, method: 'GET', url: 'http://a/b' } },
      });
      const latencies = ['1000000', 2_000_000, '0', undefined, '50000000'];
      await hold(
        at,
        [...latencies.map(answer), {}].map((fields, i) => jsonText(record({ ...fields, uuid: `flow-${i}` }))),
      );
      const asked: Counted = { filter: parseFilter(new Map()), window: NO_WINDOW, upTo: 6, ...open };
      const { top } = (await groupFlows(at.store, everyone, asked, [groupFields.get('http-status')!])).rank(
        9,
      );
      const [ok] = top;
      const { measured = 0, paired = 0 } = ok?.latencies ?? {};
      expect({ values: ok?.values, of: ok?.answers, byHubble: measured - paired }).toEqual({
        values: ['200'],
        of: 5,
        byHubble: 3,
      });
      // Both of the others were paired here, and quicker.
      expect(ok!.latencies!.percentile(0.5)! / 1e6).toBeCloseTo(1, 1);
      expect(ok!.latencies!.percentile(0.99)! / 5e7).toBeCloseTo(1, 1);
      expect(top[1]).toMatchObject({ values: [''], answers: 0 });
    }));

  it('of many values and many buckets are read twice, and right', () =>
    opened(async (at) => {
      const times = (i: number) => new Date(Date.UTC(2026, 5, 1) + i * 997_000).toISOString();
      const texts = Array.from({ length: 400 }, (_, i) =>
        jsonText(
          record({
            uuid: `flow-${i}`,
            time: times(i),
            source: { pod_name: i % 4 === 0 ? 'often' : `pod-${i}`, namespace: 'shop' },
          }),
        ),
      );
      await hold(at, texts);
      const asked: Counted = { filter: parseFilter(new Map()), window: NO_WINDOW, upTo: 400, ...open };
      const buckets = windowed(at.store, asked, '90s');
      // 301 pods in so many buckets are more numbers than are held.
      expect(buckets.count * 301).toBeGreaterThan(500_000);
      const found = await seriesOf(at.store, everyone, asked, buckets, groupFields.get('from-pod'), 1);
      expect(found.series.map(({ value, total }) => ({ value, total }))).toEqual([
        { value: 'shop/often', total: 100 },
      ]);
      expect(found.others.total).toBe(300);
      expect(found.leftOut.groups).toBe(300);
    }));

  it('hint at values by their beginning, in any case, with or without their namespace', () =>
    opened(async (at) => {
      const pods = ['shop/Web-0', 'shop/cart-0', 'web/api-0'];
      await hold(
        at,
        pods.map((path, i) => {
          const [namespace, pod_name] = path.split('/');
          return jsonText(record({ uuid: `flow-${i}`, source: { namespace, pod_name } }));
        }),
      );
      const asked: Counted = { filter: parseFilter(new Map()), window: NO_WINDOW, upTo: 3, ...open };
      const hints = async (prefix: string) =>
        (await hintsOf(at.store, everyone, asked, hintFields.get('from-pod')!, prefix)).groups
          .rank(9)
          .top.map(({ values }) => values[0]);
      expect(await hints('we')).toEqual(['shop/Web-0', 'web/api-0']);
      expect(await hints('shop/c')).toEqual(['shop/cart-0']);
      expect(await hints('x')).toEqual([]);
    }));

  it('hint only at values that the filter takes, and say how many others there are', () =>
    opened(async (at) => {
      const told = ['DROPPED', 'DROPPED', 'dropped', 'OF_TOMORROW', 'OF_TOMORROW', 9];
      await hold(
        at,
        told.map((verdict, i) => jsonText(record({ uuid: `flow-${i}`, verdict }))),
      );
      const asked: Counted = { filter: parseFilter(new Map()), window: NO_WINDOW, upTo: 6, ...open };
      const field = hintFields.get('verdict')!;
      const { groups, strange } = await hintsOf(at.store, everyone, asked, field, '');
      expect(groups.rank(9).top.map(({ values }) => values[0])).toEqual(['DROPPED', '9']);
      expect([...strange]).toEqual(['dropped', 'OF_TOMORROW']);
      for (const { values } of groups.rank(9).top)
        expect(() => parseFilter(words({ verdict: [...values] }))).not.toThrow();
    }));

  it('hint at labels by their beginning, with or without their source', () =>
    opened(async (at) => {
      const source = { labels: ['k8s:app=web', 'k8s:tier=app', 'reserved:world'] };
      await hold(at, [jsonText(record({ source }))]);
      const asked: Counted = { filter: parseFilter(new Map()), window: NO_WINDOW, upTo: 1, ...open };
      const { groups } = await hintsOf(at.store, everyone, asked, hintFields.get('from-label')!, 'App');
      expect(groups.rank(9).top.map(({ values }) => values[0])).toEqual(['k8s:app=web']);
    }));
});

describe('the step of a series', () => {
  const minute = 60_000_000_000n;
  const held = { first: 0n, last: 100n * minute };

  it('is a round one that makes few buckets, unless it is given', () => {
    expect(heldBuckets(held, NO_WINDOW, undefined)).toEqual({ from: 0n, step: minute, count: 101 });
    expect(heldBuckets({ first: 0n, last: 10n ** 18n }, NO_WINDOW, undefined).count).toBeLessThanOrEqual(120);
    expect(heldBuckets({ first: 5n, last: 5n }, NO_WINDOW, undefined).count).toBe(1);
    expect(heldBuckets(held, { since: 10n * minute, until: 12n * minute }, '1m')).toEqual({
      from: 10n * minute,
      step: minute,
      count: 3,
    });
    expect(heldBuckets({ first: undefined, last: undefined }, NO_WINDOW, '1m').count).toBe(0);
    expect(heldBuckets(held, { since: 200n * minute, until: undefined }, '1m').count).toBe(0);
  });

  it.each(['', '0', '0s', '-1m', 'one', '1ns'])('%j is refused', (step) => {
    expect(() => heldBuckets(held, NO_WINDOW, step)).toThrow(/^step: /);
  });
});

const NO_WINDOW = { since: undefined, until: undefined };
