import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { within, type Filter } from '../../domain/filter/filter.js';
import type { Window } from '../../domain/filter/window.js';
import { scopeOf, type Viewer } from '../../domain/viewer.js';
import type { RecordBatch, StoreQuery } from '../queries.js';
import { Ahead } from './ahead.js';
import { typed } from './damage.js';
import { isAsItCame } from './event-key.js';
import { matchingRows, overlaps } from './matching-rows.js';
import type { SegmentReader } from './segment-reader.js';
import type { SegmentVisits, Stretch } from './segment-visits.js';
import type { SegmentInfo } from './segment.js';

/** Rows composed in one go. */
const STEP = 64;
/** Steps after which others have their turn, also where nothing matches. */
const STEPS_TOGETHER = 16;
/** Characters handed on together: a system call costs more than a record. */
const BATCH = 256 << 10;
const EVENTS_READ_TOGETHER = 64;

interface EventRow {
  id: number;
  afterSeq: number;
  key: Buffer;
  record: string;
}

/** Reads the records again in order of arrival, events at their places. */
export class RecordReader {
  readonly #events;
  readonly #lastEvent;

  constructor(
    db: Database.Database,
    private readonly segments: SegmentReader,
    private readonly visits: SegmentVisits,
  ) {
    this.#events = db.prepare<[EventQuery], EventRow>(
      `SELECT id, after_seq AS afterSeq, key, record FROM event
       WHERE (after_seq, id) > (:afterSeq, :id) AND id <= :lastId
         AND (:since IS NULL OR time >= :since) AND (:until IS NULL OR time <= :until)
       ORDER BY after_seq, id LIMIT ${EVENTS_READ_TOGETHER}`,
    );
    this.#lastEvent = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM event').pluck();
  }

  async *read(viewer: Viewer, query: StoreQuery): AsyncGenerator<RecordBatch> {
    const { window } = query;
    const infos = this.segments.infos();
    const withEvents = query.filter.isEmpty && viewer.namespaces === 'all';
    const events = new Ahead(withEvents ? this.#eventsOf(window) : [].values());
    const filter = within(scopeOf(viewer), query.filter);
    const batch = new Batch();
    let steps = 0;
    for (const info of infos) {
      for (const _ of this.#readSegment(info, filter, window, events, batch)) {
        if (query.signal?.aborted === true) return;
        if (batch.isFull) yield batch.take();
        else if (++steps % STEPS_TOGETHER > 0) continue;
        await setImmediate();
      }
    }
    while (events.next !== undefined) {
      batch.addEvent(events.next);
      events.step();
      if (batch.isFull) yield batch.take();
    }
    yield batch.take();
  }

  /** Pauses after each step. */
  *#readSegment(
    info: SegmentInfo,
    filter: Filter,
    window: Window,
    events: Ahead<EventRow>,
    batch: Batch,
  ): Generator<void> {
    const rows = overlaps(info, window) ? info.flows : 0;
    for (let row = 0; row < rows; yield) {
      while (events.next !== undefined && events.next.afterSeq < info.firstSeq + row) {
        batch.addEvent(events.next);
        events.step();
      }
      const untilEvent = events.next === undefined ? rows : events.next.afterSeq - info.firstSeq + 1;
      const end = Math.min(rows, row + STEP, untilEvent);
      this.#readRows(info, filter, window, row, end, batch);
      row = end;
    }
  }

  #readRows(info: SegmentInfo, filter: Filter, window: Window, from: number, to: number, batch: Batch): void {
    const compose = (stretch: Stretch): Composed[] => [composeRows(stretch, filter, window)];
    const composed = this.visits.visit(info, compose, from, to);
    const read = composed.reduce((sum, { rows }) => sum + rows, 0);
    if (read === to - from || !this.visits.isDamaged(info)) for (const piece of composed) batch.add(piece);
    else if (to - from === 1) batch.damaged++;
    // One that cannot be read must not take its neighbours with it.
    else for (let row = from; row < to; row++) this.#readRows(info, filter, window, row, row + 1, batch);
  }

  *#eventsOf(window: Window): Generator<EventRow> {
    const { since = null, until = null } = window;
    const lastId = this.#lastEvent.get() ?? 0;
    let at = { afterSeq: -1, id: 0 };
    for (;;) {
      const rows = this.#events
        .all({ ...at, lastId, since, until })
        .map((row) => typed(row, { id: 'count', afterSeq: 'count', key: 'blob', record: 'text' }));
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined) return;
      at = { afterSeq: last.afterSeq, id: last.id };
    }
  }
}

interface EventQuery {
  afterSeq: number;
  id: number;
  lastId: number;
  since: bigint | null;
  until: bigint | null;
}

interface Composed {
  text: string;
  flows: number;
  /** That were looked at. */
  rows: number;
}

function composeRows(stretch: Stretch, filter: Filter, window: Window): Composed {
  let text = '';
  let flows = 0;
  for (const row of matchingRows(stretch, filter, window)) {
    text += stretch.segment.record(row);
    text += '\n';
    flows++;
  }
  return { text, flows, rows: stretch.to - stretch.from };
}

class Batch {
  damaged = 0;
  #text = '';
  #flows = 0;
  #events = 0;

  add({ text, flows }: Composed): void {
    this.#text += text;
    this.#flows += flows;
  }

  addEvent({ record, key }: EventRow): void {
    if (!isAsItCame(record, key)) {
      this.damaged++;
      return;
    }
    this.#text += `${record}\n`;
    this.#events++;
  }

  get isFull(): boolean {
    return this.#text.length >= BATCH;
  }

  take(): RecordBatch {
    const batch = { text: this.#text, flows: this.#flows, events: this.#events, damaged: this.damaged };
    this.#text = '';
    this.#flows = this.#events = this.damaged = 0;
    return batch;
  }
}
