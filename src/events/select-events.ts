import type { Viewer } from '../domain/viewer.js';
import { Bell } from '../feed/bell.js';
import type { Feed } from '../feed/feed.js';
import type { EventBatch, EventPosition, StoredEvent } from '../store/queries.js';
import type { FlowStore } from '../store/flow-store.js';
import type { Asked } from './events-query.js';

interface Page {
  events: StoredEvent[];
  /** Where the next page begins. */
  next: EventPosition | undefined;
  damaged: number;
}

export async function readPage(
  store: FlowStore,
  viewer: Viewer,
  asked: Asked & { limit: number },
): Promise<Page> {
  const events: StoredEvent[] = [];
  let damaged = 0;
  for await (const batch of matching(store, viewer, asked)) {
    damaged += batch.damaged;
    events.push(...batch.events);
    // One more than asked for tells whether there is another page.
    if (events.length > asked.limit) break;
  }
  const next = events.length > asked.limit ? events[asked.limit - 1] : undefined;
  return { events: events.slice(0, asked.limit), next, damaged };
}

/** Lines of NDJSON: what is held and, to whoever follows, what comes. */
export async function* eventLines(
  store: FlowStore,
  feed: Feed,
  viewer: Viewer,
  /** The signal ends the following; it would else go on for ever. */
  asked: Asked & { signal: AbortSignal },
): AsyncGenerator<string> {
  let left = asked.limit ?? Infinity;
  const linesOf = ({ events, damaged }: EventBatch) => {
    const given = events.slice(0, left);
    left -= given.length;
    return `${damaged > 0 ? damagedLine(damaged) : ''}${given.map(({ record }) => `${record}\n`).join('')}`;
  };
  // As in Hubble, those who follow are told nothing of the past unless they ask for it.
  if (!asked.follow || asked.last !== undefined || asked.window.since !== undefined) {
    const after = asked.last === undefined ? asked.after : await inFrontOf(store, viewer, asked, asked.last);
    for await (const batch of matching(store, viewer, { ...asked, after })) {
      yield linesOf(batch);
      if (left <= 0) return;
    }
  }
  if (!asked.follow) return;
  for await (const batch of comingEvents(store, feed, viewer, asked)) {
    yield linesOf(batch);
    if (left <= 0) return;
  }
}

/** The place in front of the newest so many: they are counted from the other end. */
async function inFrontOf(
  store: FlowStore,
  viewer: Viewer,
  asked: Asked,
  last: number,
): Promise<EventPosition | undefined> {
  let seen = 0;
  for await (const { events } of matching(store, viewer, { ...asked, order: 'desc' })) {
    const before = events[last - seen];
    if (before !== undefined) return before;
    seen += events.length;
  }
  return undefined;
}

async function* comingEvents(
  store: FlowStore,
  feed: Feed,
  viewer: Viewer,
  asked: Asked & { signal: AbortSignal },
): AsyncGenerator<EventBatch> {
  const { signal } = asked;
  const bell = new Bell(feed, signal);
  let id = asked.upTo;
  try {
    while (!signal.aborted) {
      const upTo = store.lastEvent();
      const after = { time: undefined, id };
      yield* matching(store, viewer, { ...asked, order: 'arrival', after, upTo });
      id = Math.max(id, upTo);
      await bell.rung();
    }
  } finally {
    bell.stop();
  }
}

/** Of the nodes asked for. */
async function* matching(
  store: FlowStore,
  viewer: Viewer,
  asked: Omit<Asked, 'order'> & { order: Asked['order'] | 'arrival' },
): AsyncGenerator<EventBatch> {
  for await (const { events, damaged } of store.events(viewer, asked)) {
    const batch = { events: events.filter(asked.isWanted), damaged };
    if (batch.events.length > 0 || damaged > 0) yield batch;
  }
}

/** Beside the records and never one of them. */
function damagedLine(damaged: number): string {
  return `${JSON.stringify({ flowatlas: { damaged, why: 'events at this place cannot be read any more and are left out' } })}\n`;
}
