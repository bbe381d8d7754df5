import type { Filter } from '../domain/filter/filter.js';
import type { Window } from '../domain/filter/window.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import type { HeldFlow, StoredFlow } from '../store/queries.js';
import { Bell } from './bell.js';
import type { Feed } from './feed.js';

export interface NewsQuery {
  filter: Filter;
  window: Window;
  /** Flows with a greater number are news, */
  afterSeq: number;
  /** as far as they had arrived at this one. */
  upTo?: number;
  signal?: AbortSignal;
}

interface News<T> {
  items: T[];
  /** Flows of any kind that retention took before they could be read. */
  skipped: number;
  /** The last number that this and what came before it cover. */
  upTo: number;
}

/** What `read` makes of the flows that came after a number, in order of arrival, until nothing more is on disk. */
export async function* readNews<T>(
  store: FlowStore,
  viewer: Viewer,
  query: NewsQuery,
  read: (flow: HeldFlow) => T,
): AsyncGenerator<News<T>> {
  const last = Math.min(store.summary().lastSeq, query.upTo ?? Infinity);
  let { afterSeq } = query;
  for await (const { items, from, upTo } of store.scan(viewer, query, read)) {
    const skipped = from - afterSeq - 1;
    afterSeq = upTo;
    yield { items, skipped, upTo };
  }
  if (afterSeq < last) yield { items: [], skipped: last - afterSeq, upTo: last };
}

interface FollowedNews {
  flows: StoredFlow[];
  skipped: number;
}

/**
 * What comes after a number, in order of arrival and as soon as it is on disk, without a gap or a double. Nothing is
 * kept for whoever is slow: they read later, from disk, and are told when retention was faster.
 */
export async function* follow(
  store: FlowStore,
  feed: Feed,
  viewer: Viewer,
  /** The signal ends the following; it would else go on for ever. */
  query: NewsQuery & { signal: AbortSignal },
): AsyncGenerator<FollowedNews> {
  const { signal } = query;
  const bell = new Bell(feed, signal);
  let { afterSeq } = query;
  try {
    while (!signal.aborted) {
      for await (const { items, skipped, upTo } of readNews(
        store,
        viewer,
        { ...query, afterSeq },
        toStored,
      )) {
        afterSeq = upTo;
        if (items.length > 0 || skipped > 0) yield { flows: items, skipped };
        if (isAborted(signal)) return;
      }
      await bell.rung();
    }
  } finally {
    bell.stop();
  }
}

function toStored({ seq, time, placedAtArrival, record }: HeldFlow): StoredFlow {
  return { seq, time, placedAtArrival, record };
}

/** It changes while others have their turn, which the compiler does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
