import type { Viewer } from '../domain/viewer.js';
import type { Feed } from '../feed/feed.js';
import { follow } from '../feed/follow.js';
import type { FlowStore } from '../store/flow-store.js';
import { select, type Selection } from './selection.js';
import { batches } from './stream-lines.js';

type Followed = Selection & { signal: AbortSignal };

/**
 * The flows of a selection, then what comes, as lines of NDJSON. As in Hubble, nothing of the past is told unless
 * `since` or `last` asks for it.
 */
export async function* followLines(
  store: FlowStore,
  feed: Feed,
  viewer: Viewer,
  selection: Followed,
  limit = Infinity,
): AsyncGenerator<string> {
  const { filter, window, only, upTo, signal } = selection;
  let left = limit;
  if (only !== undefined || window.since !== undefined) {
    const past = select(store, viewer, selection, { limit });
    yield* batches('', past, ({ record }) => {
      left--;
      return `${record}\n`;
    });
  }
  if (left <= 0) return;
  for await (const { flows, skipped } of follow(store, feed, viewer, {
    filter,
    window,
    afterSeq: upTo,
    signal,
  })) {
    const lines = flows.slice(0, left).map(({ record }) => `${record}\n`);
    left -= lines.length;
    yield `${skipped > 0 ? skippedLine(skipped) : ''}${lines.join('')}`;
    if (left <= 0) return;
  }
}

/** Beside the records and never one of them: whoever reads must know that there is a hole, and how large it may be. */
function skippedLine(skipped: number): string {
  return `${JSON.stringify({ flowatlas: { skipped, why: 'retention took them before you read them; how many of them match is not known' } })}\n`;
}
