import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { EventKind } from '../../domain/flow/record.js';
import type { Viewer } from '../../domain/viewer.js';
import type { EventBatch, EventQuery } from '../queries.js';
import { compareEvents } from '../ordered.js';
import { typed } from './damage.js';
import { isAsItCame } from './event-key.js';
import { Ahead } from './ahead.js';

/** Read at a time; a record has up to 16 MiB. */
const TOGETHER = 64;
const FIRST = -(1n << 63n);
const LAST = (1n << 63n) - 1n;
const LAST_ID = BigInt(Number.MAX_SAFE_INTEGER);

interface Row {
  id: bigint;
  kind: string;
  time: bigint | null;
  node: string;
  key: Buffer;
  record: string;
}

const ROW = {
  id: 'bigint',
  kind: 'text',
  time: 'bigint?',
  node: 'text',
  key: 'blob',
  record: 'text',
} as const;

/** A place in the order asked for, and what lies at its far end. */
interface Place {
  kind: EventKind;
  time: bigint;
  id: bigint;
  end: bigint;
  upTo: bigint;
}

/** Reads events by time, each kind along the index that it has, or in order of arrival. */
export class EventReader {
  readonly #pages;
  readonly #arrived;
  readonly #last;

  constructor(db: Database.Database) {
    const page = (which: string) =>
      db
        .prepare<[Partial<Place>], Row>(
          `SELECT id, kind, time, node, key, record FROM event WHERE ${which} LIMIT ${TOGETHER}`,
        )
        .safeIntegers();
    const ofKind = 'kind = :kind AND id <= :upTo AND';
    this.#pages = {
      asc: {
        timed: page(`${ofKind} (time, id) > (:time, :id) AND time <= :end ORDER BY time, id`),
        timeless: page(`${ofKind} time IS NULL AND id > :id ORDER BY id`),
      },
      desc: {
        timed: page(`${ofKind} (time, id) < (:time, :id) AND time >= :end ORDER BY time DESC, id DESC`),
        timeless: page(`${ofKind} time IS NULL AND id < :id ORDER BY id DESC`),
      },
    };
    this.#arrived = page('id > :id AND id <= :upTo ORDER BY id');
    this.#last = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM event').pluck();
  }

  last(): number {
    return this.#last.get() ?? 0;
  }

  async *read(viewer: Viewer, query: EventQuery): AsyncGenerator<EventBatch> {
    if (viewer.namespaces !== 'all') return;
    // What comes while this is read is left to whoever asks next.
    const asked = { ...query, upTo: Math.min(query.upTo ?? Infinity, this.last()) };
    let rows: Row[] = [];
    for await (const row of asked.order === 'arrival' ? this.#arrivals(asked) : this.#inTime(asked)) {
      if (rows.push(row) < TOGETHER) continue;
      if (query.signal?.aborted === true) return;
      yield batchOf(rows);
      rows = [];
      await setImmediate();
    }
    if (rows.length > 0) yield batchOf(rows);
  }

  /** Others have their turn also where none of many is asked for. */
  async *#arrivals({ kinds, window, after, upTo = 0 }: EventQuery): AsyncGenerator<Row> {
    const { since = FIRST, until = LAST } = window;
    const isOpen = window.since === undefined && window.until === undefined;
    let id = BigInt(after?.id ?? 0);
    for (;;) {
      const rows = this.#arrived.all({ id, upTo: BigInt(upTo) }).map((row) => typed(row, ROW));
      for (const row of rows) {
        const isInside = row.time === null ? isOpen : row.time >= since && row.time <= until;
        if (isInside && kinds.some((kind) => kind === row.kind)) yield row;
      }
      if (rows.length < TOGETHER) return;
      id = rows.at(-1)?.id ?? id;
      await setImmediate();
    }
  }

  /** The order of all kinds out of that of each. */
  *#inTime(query: EventQuery): Generator<Row> {
    const compare = compareEvents(query.order);
    const heads = query.kinds.map((kind) => new Ahead(this.#ofKind(kind, query)));
    for (;;) {
      let first: Ahead<Row> | undefined;
      for (const head of heads)
        if (
          head.next !== undefined &&
          (first?.next === undefined || compare(positionOf(head.next), positionOf(first.next)) < 0)
        )
          first = head;
      if (first?.next === undefined) return;
      yield first.next;
      first.step();
    }
  }

  *#ofKind(kind: EventKind, { window, order, after, upTo = 0 }: EventQuery): Generator<Row> {
    const isUp = order === 'asc';
    const { timed, timeless } = this.#pages[isUp ? 'asc' : 'desc'];
    const far = isUp ? -1n : LAST_ID;
    const [since, until] = [clamped(window.since ?? FIRST), clamped(window.until ?? LAST)];
    const [begin, end] = isUp ? [since, until] : [until, since];
    const place = { kind, end, upTo: BigInt(upTo) };
    const withoutTime = () => {
      const isOpen = window.since === undefined && window.until === undefined;
      const isBehind = after?.time !== undefined && isUp;
      const from = after !== undefined && after.time === undefined ? BigInt(after.id) : far;
      return isOpen && !isBehind ? pagesOf(timeless, { ...place, time: 0n, id: from }) : [];
    };
    const withTime = () => {
      if (after !== undefined && after.time === undefined && !isUp) return [];
      const from =
        after?.time === undefined ? { time: begin, id: far } : { time: after.time, id: BigInt(after.id) };
      return pagesOf(timed, { ...place, ...from });
    };
    if (isUp) yield* withoutTime();
    yield* withTime();
    if (!isUp) yield* withoutTime();
  }
}

function* pagesOf(page: Database.Statement<[Place], Row>, from: Place): Generator<Row> {
  let place = from;
  for (;;) {
    const rows = page.all(place).map((row) => typed(row, ROW));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < TOGETHER) return;
    place = { ...place, time: last.time ?? 0n, id: last.id };
  }
}

function batchOf(rows: readonly Row[]): EventBatch {
  const good = rows.filter(({ record, key }) => isAsItCame(record, key));
  const events = good.map(({ node, record, ...row }) => ({ ...positionOf(row), node, record }));
  return { events, damaged: rows.length - good.length };
}

function positionOf({ id, time }: Pick<Row, 'id' | 'time'>): { id: number; time: bigint | undefined } {
  return { id: Number(id), time: time ?? undefined };
}

/** A column has 64 bits. */
function clamped(time: bigint): bigint {
  return time < FIRST ? FIRST : time > LAST ? LAST : time;
}
