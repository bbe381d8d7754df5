import { everything, type Filter } from '../domain/filter/filter.js';
import { always, inWindow, type Window } from '../domain/filter/window.js';
import type { RecordedFlow } from '../domain/flow/flow.js';
import { recordedFlow } from '../domain/flow/recorded-flow.js';
import { namedFlows } from '../../test/support/make-flow.js';
import type { FlowQuery } from './queries.js';
import type { FlowStore } from './flow-store.js';
import type { FlowWriter } from './flow-writer.js';

/** What the laws of stores share: a store for each of them, its clock, and how they ask. */

export interface OpenedStore {
  writer: FlowWriter;
  store: FlowStore;
  close(): Promise<void>;
}

/** How often a law is tried on flows made up at random. */
export const RUNS = { numRuns: 25 };
export const second = 1_000_000_000n;
/** 2026-06-01T10:00:00Z, in nanoseconds. */
export const ten = 1_780_308_000n * second;

/** Gives a law an empty store of its own, and closes it whatever came of it. */
export function opening(open: () => Promise<OpenedStore>) {
  return async <T>(use: (store: OpenedStore) => Promise<T>): Promise<T> => {
    const store = await open();
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };
}

/** The stores' clock: where flows without a time are placed. */
export const NOW = ten + 60n * second;
export const clock = (): number => Number(NOW / 1_000_000n);

export function ask(query: Partial<FlowQuery>): FlowQuery {
  return { filter: everything, window: always, order: 'asc', ...query };
}

/** Appends and commits; answers the texts that were new. */
export async function append(at: OpenedStore, texts: readonly string[]): Promise<string[]> {
  return (await hold(at, texts)).map(({ record }) => record);
}

/** The flows that the store holds then, by their numbers. */
export async function hold({ writer }: OpenedStore, texts: readonly string[]): Promise<RecordedFlow[]> {
  const stored = [];
  for (const [i, added] of namedFlows(texts).entries()) {
    const { flow } = added;
    const held = recordedFlow({ ...flow, time: flow.time ?? NOW }, texts[i] ?? '');
    if (writer.append(added)) stored.push(held);
  }
  await writer.commit();
  return stored;
}

/** Numbers of the flows that pass, in order of time: what every index must agree with. */
export function naive(
  held: readonly RecordedFlow[],
  { filter, window }: { filter: Filter; window: Window },
): number[] {
  return held
    .map((flow, i) => ({ flow, seq: i + 1, time: flow.time! }))
    .filter(({ flow, time }) => filter.matches(flow) && inWindow(window, time))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.seq - b.seq))
    .map(({ seq }) => seq);
}

export async function collect<T>(found: AsyncIterable<T>, most = Infinity): Promise<T[]> {
  const list: T[] = [];
  for await (const item of found) {
    list.push(item);
    if (list.length >= most) break;
  }
  return list;
}
