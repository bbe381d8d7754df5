import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { within, type Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import type { Tally } from '../../domain/service-map/tally.js';
import { scopeOf, type Viewer } from '../../domain/viewer.js';
import {
  FlowStore,
  type FlowPosition,
  type FlowQuery,
  type NodeCoverage,
  type Removed,
  type StoredFlow,
  type StoreSummary,
  type TallyQuery,
} from '../flow-store.js';
import { comparePositions } from '../ordered.js';
import { CoverageReader } from './coverage-reader.js';
import { Flag } from './segment-columns.js';
import { SegmentReader } from './segment-reader.js';
import type { Segment, SegmentInfo } from './segment.js';
import { TallyTable } from './tally-table.js';

/** Where a flow lies; its record is read only when it is handed out. */
interface Found extends FlowPosition {
  segment: SegmentInfo;
  row: number;
}

/** Found flows whose records are read together. */
const BATCH = 256;

/**
 * Reads segments on a connection of its own, so it never waits for the writer. Between segments the
 * event loop gets its turn: one takes a few milliseconds.
 */
export class SqliteFlowStore extends FlowStore {
  readonly #segments: SegmentReader;
  readonly #coverage: CoverageReader;
  readonly #totals;
  readonly #removed;

  constructor(
    private readonly db: Database.Database,
    private readonly file: string,
  ) {
    super();
    this.#segments = new SegmentReader(db);
    this.#coverage = new CoverageReader(db);
    this.#totals = db
      .prepare<[], [bigint, bigint, bigint | null, bigint | null]>(
        `SELECT coalesce(sum(flows), 0), max((SELECT last_seq FROM retention), coalesce(max(first_seq + flows - 1), 0)),
         min(time_min), max(time_max) FROM segment`,
      )
      .raw()
      .safeIntegers();
    this.#removed = db
      .prepare<[], [bigint, bigint, bigint, bigint | null, bigint | null]>(
        'SELECT removals, flows, events, removed_until, updated FROM retention',
      )
      .raw()
      .safeIntegers();
  }

  async *find(viewer: Viewer, query: FlowQuery): AsyncGenerator<StoredFlow> {
    for await (const found of this.#locate(viewer, query)) yield* this.#readRecords(found);
  }

  /**
   * Segments overlap in time, as flows arrive out of order. They are visited by their newest (or
   * oldest) flow, and what was found is handed out as soon as no later segment can come before it.
   */
  async *#locate(viewer: Viewer, query: FlowQuery): AsyncGenerator<Found[]> {
    const filter = within(scopeOf(viewer), query.filter);
    const compare = comparePositions(query.order);
    const segments = this.#segmentsOf(query);
    let found: Found[] = [];
    for (const [i, info] of segments.entries()) {
      found.push(...this.#segments.ifHeld(info, () => this.#search(info, filter, query), []));
      found.sort(compare);
      if (query.limit !== undefined && found.length > query.limit) found.length = query.limit;
      const next = segments[i + 1];
      const safe =
        next === undefined ? found.length : countBefore(found, edgeOf(next, query.order), query.order);
      for (let at = 0; at < safe; at += BATCH) yield found.slice(at, Math.min(at + BATCH, safe));
      found = found.slice(safe);
      await setImmediate();
    }
  }

  #segmentsOf({ window, after, order, upTo = Infinity }: FlowQuery): SegmentInfo[] {
    const { since = after && order === 'asc' ? after.time : undefined, until } = window;
    const last =
      after && order === 'desc' && (until === undefined || after.time < until) ? after.time : until;
    return this.#segments
      .infos()
      .filter(
        (info) =>
          info.firstSeq <= upTo &&
          (since === undefined || info.timeMax >= since) &&
          (last === undefined || info.timeMin <= last),
      )
      .sort((a, b) =>
        order === 'asc' ? compareTimes(a.timeMin, b.timeMin) : compareTimes(b.timeMax, a.timeMax),
      );
  }

  #search(info: SegmentInfo, filter: Filter, query: FlowQuery): Found[] {
    const segment = this.#segments.read(info);
    if (segment === undefined) return [];
    const { after, upTo = Infinity } = query;
    const compare = comparePositions(query.order);
    const found: Found[] = [];
    for (const row of matchingRows(segment, filter, query.window)) {
      const seq = info.firstSeq + row;
      const time = segment.columns.time[row] ?? 0n;
      if (seq > upTo || (after !== undefined && compare({ time, seq }, after) <= 0)) continue;
      found.push({ seq, time, segment: info, row });
    }
    return found;
  }

  *#readRecords(found: readonly Found[]): Generator<StoredFlow> {
    for (const { seq, time, segment: info, row } of found) {
      const segment = this.#segments.read(info);
      const record = this.#segments.ifHeld(info, () => segment?.record(row), undefined);
      if (segment === undefined || record === undefined) continue;
      yield { seq, time, placedAtArrival: segment.has(row, Flag.placedAtArrival), record };
    }
  }

  take(viewer: Viewer, seqs: readonly number[]): Promise<StoredFlow[]> {
    const scope = scopeOf(viewer);
    const infos = this.#segments.infos();
    const found = seqs.flatMap((seq): Found[] => {
      const info = infos.find(({ firstSeq, flows }) => seq >= firstSeq && seq < firstSeq + flows);
      const segment = info && this.#segments.read(info);
      if (segment === undefined) return [];
      const row = seq - segment.info.firstSeq;
      const flow = segment.cursor(row);
      if (scope !== undefined && !scope(flow)) return [];
      return [{ seq, time: flow.time, segment: segment.info, row }];
    });
    return Promise.resolve([...this.#readRecords(found)]);
  }

  async *tallies(
    viewer: Viewer,
    { filter: asked, window, afterSeq = 0 }: TallyQuery,
  ): AsyncGenerator<{ tallies: Tally[]; upTo: number }> {
    const filter = within(scopeOf(viewer), asked);
    for (const info of this.#segments.infos()) {
      const upTo = info.firstSeq + info.flows - 1;
      if (upTo <= afterSeq || !overlaps(info, window)) continue;
      yield { tallies: this.#segments.ifHeld(info, () => this.#talliesOf(info, filter, window), []), upTo };
      await setImmediate();
    }
  }

  #talliesOf(info: SegmentInfo, filter: Filter, window: Window): Tally[] {
    const segment = this.#segments.read(info);
    return segment === undefined ? [] : tallyRows(segment, filter, window);
  }

  summary(): StoreSummary {
    const [flows, lastSeq, oldest, newest] = this.#totals.get() ?? [0n, 0n, null, null];
    return {
      flows: Number(flows),
      lastSeq: Number(lastSeq),
      oldest: oldest ?? undefined,
      newest: newest ?? undefined,
      bytesOnDisk: sizeOf(this.file) + sizeOf(`${this.file}-wal`),
    };
  }

  coverage(window: Window): NodeCoverage[] {
    return this.#coverage.read(window);
  }

  removed(): Removed {
    const [removals, flows, events, until, last] = this.#removed.get() ?? [0n, 0n, 0n, null, null];
    return {
      removals: Number(removals),
      flows: Number(flows),
      events: Number(events),
      until: until ?? undefined,
      last: last === null ? undefined : Number(last),
    };
  }

  eventCounts(): ReturnType<FlowStore['eventCounts']> {
    return this.#coverage.eventCounts();
  }

  checkpoints(): ReadonlyMap<string, string> {
    const rows = this.db.prepare<[], [string, string]>('SELECT source, state FROM checkpoint').raw();
    return new Map(rows.all());
  }

  close(): void {
    this.db.close();
  }
}

function* matchingRows(segment: Segment, filter: Filter, window: Window): Generator<number> {
  const cursor = segment.cursor();
  const { time } = segment.columns;
  const whole = inWindow(window, segment.info.timeMin) && inWindow(window, segment.info.timeMax);
  for (let row = 0; row < segment.info.flows; row++) {
    if (!whole && !inWindow(window, time[row] ?? 0n)) continue;
    cursor.row = row;
    if (filter.isEmpty || filter.matches(cursor)) yield row;
  }
}

function tallyRows(segment: Segment, filter: Filter, window: Window): Tally[] {
  const table = new TallyTable(segment);
  const cursor = segment.cursor();
  for (const row of matchingRows(segment, filter, window)) {
    cursor.row = row;
    table.add(cursor);
  }
  return table.tallies;
}

/** The first time that a segment can contribute in this order. */
function edgeOf(info: SegmentInfo, order: FlowQuery['order']): bigint {
  return order === 'asc' ? info.timeMin : info.timeMax;
}

/** How many of the sorted flows come strictly before `edge`. */
function countBefore(found: readonly Found[], edge: bigint, order: FlowQuery['order']): number {
  const index = found.findIndex(({ time }) => (order === 'asc' ? time >= edge : time <= edge));
  return index < 0 ? found.length : index;
}

function overlaps({ timeMin, timeMax }: SegmentInfo, { since, until }: Window): boolean {
  return (since === undefined || timeMax >= since) && (until === undefined || timeMin <= until);
}

function compareTimes(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
