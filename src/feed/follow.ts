import type { Filter } from '../domain/filter/filter.js';
import type { Window } from '../domain/filter/window.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore, HeldFlow, StoredFlow } from '../store/flow-store.js';
import type { Feed } from './feed.js';

export interface FollowQuery {
  filter: Filter;
  window: Window;
  /** Flows with a greater number are news. */
  afterSeq: number;
  /** Ends the following; it would else go on for ever. */
  signal: AbortSignal;
}

interface News {
  flows: StoredFlow[];
  /** Flows of any kind that retention took before they could be read. */
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
  query: FollowQuery,
): AsyncGenerator<News> {
  const { signal } = query;
  const bell = new Bell(feed, signal);
  let { afterSeq } = query;
  try {
    while (!signal.aborted) {
      const { lastSeq } = store.summary();
      for await (const { items, from, upTo } of store.scan(viewer, { ...query, afterSeq }, toStored)) {
        const skipped = from - afterSeq - 1;
        afterSeq = upTo;
        if (items.length > 0 || skipped > 0) yield { flows: items, skipped };
        if (isAborted(signal)) return;
      }
      if (afterSeq < lastSeq) {
        yield { flows: [], skipped: lastSeq - afterSeq };
        afterSeq = lastSeq;
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

/** Rings after each commit, and when the following ends; a ring that nobody waits for is not lost. */
class Bell {
  readonly stop: () => void;
  #isRung = false;
  #answer: () => void = () => undefined;

  constructor(feed: Feed, signal: AbortSignal) {
    const ring = () => {
      this.#isRung = true;
      this.#answer();
    };
    const unfollow = feed.follow(ring);
    signal.addEventListener('abort', ring);
    this.stop = () => {
      unfollow();
      signal.removeEventListener('abort', ring);
    };
  }

  async rung(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#answer = resolve));
    this.#isRung = false;
  }
}
