import type { Filter } from '../domain/filter/filter.js';
import { takesValue } from '../domain/filter/parse-filter.js';
import type { Window } from '../domain/filter/window.js';
import type { Field, GroupField } from '../domain/grouping/fields.js';
import { Groups, type Ranking } from '../domain/grouping/groups.js';
import { bucketAt, Series, type Buckets } from '../domain/grouping/series.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import type { HeldFlow } from '../store/queries.js';

/** Which flows are counted; whoever asked and hangs up gets nothing, so reading ends. */
export interface Counted {
  filter: Filter;
  window: Window;
  upTo: number;
  signal: AbortSignal;
}

/** Told of together, so that no sender can make their memory grow. */
const MOST_STRANGE = 1_000;

/** Numbers of a series, all values together: some 4 MB. */
const MOST_NUMBERS = 500_000;

export async function countFlows(
  store: FlowStore,
  viewer: Viewer,
  asked: Counted,
): Promise<{ count: number; flows: number }> {
  const sum = { count: 0, flows: 0 };
  for await (const counts of store.counts(viewer, { ...asked, untimed: true }, [])) {
    for (const { count, flows } of counts) {
      sum.count += count;
      sum.flows += flows;
    }
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
  const asks = by.map((field) => field.of);
  for await (const counts of store.counts(viewer, { ...asked, latencies: true }, asks)) {
    for (const { key, count, flows, first, last, answers } of counts)
      groups.add({ values: key, count, weight: flows, first, last, answers });
  }
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
  const asks = field === undefined ? [] : [field.of];
  const groups = new Groups();
  const query = { ...asked, step: buckets.step };
  let series = new Series(buckets.count, MOST_NUMBERS);
  for await (const counts of store.counts(viewer, query, asks)) {
    for (const { key, count, flows, first, last } of counts) {
      const [value = ''] = key;
      groups.add({ values: [value], count, weight: flows, first, last });
      series.add(value, bucketAt(buckets, first), count);
    }
  }
  const ranking = groups.rank(most);
  const chosen = new Set(ranking.top.map(({ values }) => values[0] ?? ''));
  if (!series.isWhole) {
    series = new Series(buckets.count, Infinity);
    const others = new Series(buckets.count, Infinity);
    for await (const counts of store.counts(viewer, query, asks)) {
      for (const { key, count, first } of counts) {
        const [value = ''] = key;
        if (chosen.has(value)) series.add(value, bucketAt(buckets, first), count);
        else others.add('', bucketAt(buckets, first), count);
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

/** Fields whose filter knows the names that there are; records of a newer Hubble may have others. */
const namedFields: ReadonlySet<string> = new Set(['verdict', 'drop-reason-desc']);

export interface Hints {
  groups: Groups;
  /** Values that the filter of this name does not take. */
  strange: ReadonlySet<string>;
}

/**
 * Which values there are, the most frequent first; a prefix in any case, also of a name behind its namespace and of a
 * label behind its source.
 */
export async function hintsOf(
  store: FlowStore,
  viewer: Viewer,
  asked: Counted,
  field: Field,
  prefix: string,
): Promise<Hints> {
  const groups = new Groups();
  const strange = new Set<string>();
  const wanted = prefix.toLowerCase();
  const behind = field.name.endsWith('label') ? ':' : '/';
  const begins = (value: string) => {
    const text = value.toLowerCase();
    return text.startsWith(wanted) || text.slice(text.indexOf(behind) + 1).startsWith(wanted);
  };
  const isStrange = namedFields.has(field.name)
    ? (value: string) => strange.has(value) || !takesValue(field.name, value)
    : () => false;
  const valuesOf = (flow: HeldFlow) => field.all(flow).filter(begins);
  for await (const counts of store.counts(viewer, asked, [valuesOf])) {
    for (const { key, count, flows, first, last } of counts)
      for (const value of key.flat()) {
        if (!isStrange(value)) groups.add({ values: [value], count, weight: flows, first, last });
        else if (strange.size < MOST_STRANGE) strange.add(value);
      }
  }
  return { groups, strange };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
