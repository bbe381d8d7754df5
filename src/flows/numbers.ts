import type { Filter } from '../domain/filter/filter.js';
import type { Window } from '../domain/filter/window.js';
import type { Field, GroupField } from '../domain/grouping/fields.js';
import { Groups, type Observation, type Ranking } from '../domain/grouping/groups.js';
import { bucketAt, Series, type Buckets } from '../domain/grouping/series.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore, HeldFlow } from '../store/flow-store.js';

/** Which flows are counted; whoever asked and hangs up gets nothing, so reading ends. */
export interface Counted {
  filter: Filter;
  window: Window;
  upTo: number;
  signal: AbortSignal;
}

/** Numbers of a series, all values together: some 4 MB. */
const MOST_NUMBERS = 500_000;

export async function countFlows(
  store: FlowStore,
  viewer: Viewer,
  asked: Counted,
): Promise<{ count: number; flows: number }> {
  const sum = { count: 0, flows: 0 };
  for await (const { items } of store.scan(viewer, asked, ({ weight }) => weight)) {
    sum.count += items.length;
    for (const weight of items) sum.flows += weight;
  }
  return sum;
}

export async function groupFlows(
  store: FlowStore,
  viewer: Viewer,
  asked: Counted,
  by: readonly GroupField[],
): Promise<Groups> {
  const groups = new Groups();
  const observe = (flow: HeldFlow): Observation => {
    const { time, weight, l7, latency } = flow;
    const values = by.map((field) => field.of(flow));
    if (l7?.type !== 'RESPONSE') return { values, time, weight };
    return { values, time, weight, answer: true, latency };
  };
  for await (const { items } of store.scan(viewer, asked, observe))
    for (const item of items) groups.add(item);
  return groups;
}

export interface SeriesAnswer extends Ranking {
  series: { value: string; total: number; counts: number[] }[];
  others: { total: number; counts: number[] };
}

/**
 * Counts by time of the most frequent values. Usually read in one go; where values are so many that there is no room
 * for all of them, the most frequent are found first, and then counted.
 */
export async function seriesOf(
  store: FlowStore,
  viewer: Viewer,
  asked: Counted,
  buckets: Buckets,
  field: GroupField | undefined,
  most: number,
): Promise<SeriesAnswer> {
  const valueOf = field === undefined ? () => '' : (flow: HeldFlow) => field.of(flow);
  const groups = new Groups();
  const observe = (flow: HeldFlow) => ({
    values: [valueOf(flow)],
    time: flow.time,
    weight: flow.weight,
  });
  let series = new Series(buckets.count, MOST_NUMBERS);
  for await (const { items } of store.scan(viewer, asked, observe)) {
    for (const item of items) {
      groups.add(item);
      series.add(item.values[0] ?? '', bucketAt(buckets, item.time));
    }
  }
  const ranking = groups.rank(most);
  const chosen = new Set(ranking.top.map(({ values }) => values[0] ?? ''));
  if (!series.isWhole) {
    series = new Series(buckets.count, Infinity);
    const others = new Series(buckets.count, Infinity);
    const place = (flow: HeldFlow) => ({ value: valueOf(flow), at: bucketAt(buckets, flow.time) });
    for await (const { items } of store.scan(viewer, asked, place)) {
      for (const { value, at } of items) {
        if (chosen.has(value)) series.add(value, at);
        else others.add('', at);
      }
    }
    return answer(ranking, series, others.of(''));
  }
  return answer(ranking, series, series.without(chosen));
}

function answer(ranking: Ranking, series: Series, others: number[]): SeriesAnswer {
  return {
    ...ranking,
    series: ranking.top.map(({ values: [value = ''] }) => {
      const counts = series.of(value);
      return { value, total: sum(counts), counts };
    }),
    others: { total: sum(others), counts: others },
  };
}

/** Which values there are, the most frequent first; a prefix in any case, also of a name behind its namespace. */
export async function hintsOf(
  store: FlowStore,
  viewer: Viewer,
  asked: Counted,
  field: Field,
  prefix: string,
): Promise<Groups> {
  const groups = new Groups();
  const wanted = prefix.toLowerCase();
  const begins = (value: string) => {
    const text = value.toLowerCase();
    return text.startsWith(wanted) || text.slice(text.indexOf('/') + 1).startsWith(wanted);
  };
  const observe = (flow: HeldFlow) => {
    const values = field.all(flow).filter(begins);
    return { values, time: flow.time, weight: flow.weight };
  };
  for await (const { items } of store.scan(viewer, asked, observe)) {
    for (const { values, time, weight } of items)
      for (const value of values) groups.add({ values: [value], time, weight });
  }
  return groups;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
