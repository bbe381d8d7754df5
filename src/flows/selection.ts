import type { Filter } from '../domain/filter/filter.js';
import type { Window } from '../domain/filter/window.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowPosition, FlowQuery, StoredFlow } from '../store/queries.js';
import type { FlowStore } from '../store/flow-store.js';
import type { Cursor } from './cursor.js';

type Order = FlowQuery['order'];

/** Which flows an answer is made of, and in which order. */
export interface Selection {
  filter: Filter;
  window: Window;
  order: Order;
  /** Of what matches, only so many of the oldest or of the newest. */
  only?: { flows: number; from: 'oldest' | 'newest' } | undefined;
  /** Only flows that had arrived at this number. */
  upTo: number;
  signal?: AbortSignal | undefined;
}

interface Page {
  flows: StoredFlow[];
  next: Cursor | undefined;
  previous: Cursor | undefined;
}

/** The flows of a selection from its beginning, or behind a place in it. */
export async function* select(
  store: FlowStore,
  viewer: Viewer,
  selection: Selection,
  { at, limit = Infinity }: { at?: Cursor | undefined; limit?: number | undefined } = {},
): AsyncGenerator<StoredFlow> {
  const most = Math.min(limit, left(selection, at));
  if (most <= 0) return;
  const after = at ?? (await beginningOf(store, viewer, selection));
  let given = 0;
  for await (const flow of find(store, viewer, selection, selection.order, after, most)) {
    yield flow;
    if (++given >= most) return;
  }
}

/** One page, forward or back, and how to go on from it in both directions. */
export async function readPage(
  store: FlowStore,
  viewer: Viewer,
  selection: Selection,
  at: Cursor | undefined,
  limit: number,
): Promise<Page> {
  if (at?.back === true) return pageBefore(store, viewer, selection, at, limit);
  // One more than asked for tells whether there is another page.
  const flows = await collect(select(store, viewer, selection, { at, limit: limit + 1 }));
  const more = flows.length > limit;
  flows.length = Math.min(flows.length, limit);
  const before = at?.index ?? 0;
  return {
    flows,
    next: more ? cursorAt(selection, flows.at(-1), before + flows.length, false) : undefined,
    previous: before > 0 ? cursorAt(selection, flows[0], before, true) : undefined,
  };
}

async function pageBefore(
  store: FlowStore,
  viewer: Viewer,
  selection: Selection,
  at: Cursor,
  limit: number,
): Promise<Page> {
  const most = Math.min(limit, at.index);
  const found = find(store, viewer, selection, opposite(selection.order), at, most);
  const flows = (await collect(found, most)).reverse();
  const before = at.index - flows.length;
  // Fewer than there were: retention took the beginning.
  const isFirst = before === 0 || flows.length < most;
  return {
    flows,
    next: cursorAt(selection, flows.at(-1), at.index, false),
    previous: isFirst ? undefined : cursorAt(selection, flows[0], before, true),
  };
}

/**
 * The place in front of the first flow. The newest so many in the order of oldest first (or the other way round)
 * begin in the midst of what matches: they are counted from the other end first.
 */
async function beginningOf(
  store: FlowStore,
  viewer: Viewer,
  selection: Selection,
): Promise<FlowPosition | undefined> {
  const { only, order } = selection;
  if (only === undefined || (only.from === 'oldest') === (order === 'asc')) return undefined;
  let first: FlowPosition | undefined;
  let counted = 0;
  for await (const flow of find(store, viewer, selection, opposite(order), undefined, only.flows)) {
    first = flow;
    if (++counted >= only.flows) break;
  }
  return first && { time: first.time, seq: order === 'asc' ? first.seq - 1 : first.seq + 1 };
}

function find(
  store: FlowStore,
  viewer: Viewer,
  { filter, window, upTo, signal }: Selection,
  order: Order,
  after: FlowPosition | undefined,
  limit: number,
): AsyncIterable<StoredFlow> {
  const hint = limit === Infinity ? undefined : limit;
  return store.find(viewer, { filter, window, order, after, upTo, limit: hint, signal });
}

/** How many flows of the selection come behind a place in it, at most. */
function left({ only }: Selection, at: Cursor | undefined): number {
  return only === undefined ? Infinity : only.flows - (at?.index ?? 0);
}

function cursorAt(
  { upTo, window }: Selection,
  flow: StoredFlow | undefined,
  index: number,
  back: boolean,
): Cursor | undefined {
  return flow && { time: flow.time, seq: flow.seq, upTo, window, index, back };
}

function opposite(order: Order): Order {
  return order === 'asc' ? 'desc' : 'asc';
}

async function collect(flows: AsyncIterable<StoredFlow>, most = Infinity): Promise<StoredFlow[]> {
  const list: StoredFlow[] = [];
  if (most <= 0) return list;
  for await (const flow of flows) {
    list.push(flow);
    if (list.length >= most) break;
  }
  return list;
}
