import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { LastHeard } from '../../domain/coverage/silent-nodes.js';
import { within, type Filter } from '../../domain/filter/filter.js';
import type { NodeMinute } from '../../domain/coverage/node-minute.js';
import type { Window } from '../../domain/filter/window.js';
import type { Ledger, LedgerEntry, LedgerQuery, PostedDigest } from '../../domain/ledger/ledger.js';
import type { CoarseSums } from '../../domain/service-map/coarse-sums.js';
import type { DropsOfWindow } from '../../domain/service-map/dropped.js';
import type { Tally } from '../../domain/service-map/tally.js';
import { scopeOf, type Viewer } from '../../domain/viewer.js';
import {
  FlowStore,
  type DamagedRange,
  type Extent,
  type NodeCoverage,
  type NodeStatuses,
  type Removed,
  type StoreSummary,
} from '../flow-store.js';
import type {
  Count,
  CountQuery,
  DropQuery,
  EventBatch,
  EventQuery,
  FlowPosition,
  FlowQuery,
  HeldFlow,
  RecordBatch,
  StoreQuery,
  ScanBatch,
  ScanQuery,
  StoredFlow,
  SummedParts,
} from '../queries.js';
import type { NumberedRecords } from '../flow-writer.js';
import { comparePositions } from '../ordered.js';
import { CountReader } from './count-reader.js';
import { CoverageReader } from './coverage-reader.js';
import { typed } from './damage.js';
import { DropRecords } from './drop-records.js';
import { DropReader } from './drop-reader.js';
import { EventReader } from './event-reader.js';
import { KeptDrops } from './kept-drops.js';
import { LedgerReader } from './ledger-reader.js';
import { matchingRows, overlaps, readRows, rowsWithin } from './matching-rows.js';
import { MinuteReader } from './minute-reader.js';
import { RetentionReader } from './retention-reader.js';
import { namedKeys } from './named-keys.js';
import { Pace } from './pace.js';
import { RecordReader } from './record-reader.js';
import { Flag } from './segment-columns.js';
import { SegmentList } from './segment-list.js';
import { SegmentReader } from './segment-reader.js';
import { SegmentVisits, type Stretch } from './segment-visits.js';
import type { SegmentInfo } from './segment.js';
import { TallyTable } from './tally-table.js';
import { ToldParts } from './told-parts.js';
import { WindowReader } from './window-reader.js';

/** Where a flow was found; its record is read only when it is handed out. */
interface Found extends FlowPosition {
  segment: SegmentInfo;
  row: number;
}

/** Flows that are tallied at a stretch: one to two milliseconds, with what is made of them. */
const SLICE = 256;
/** Found flows whose records are read together. */
const BATCH = 256;

/**
 * Reads segments on a connection of its own, so it never waits for the writer. Every few milliseconds
 * the event loop gets its turn.
 */
export class SqliteFlowStore extends FlowStore {
  readonly #segments: SegmentReader;
  readonly #list: SegmentList;
  readonly #visits: SegmentVisits;
  readonly #records: RecordReader;
  readonly #events: EventReader;
  readonly #counts: CountReader;
  readonly #coverage: CoverageReader;
  readonly #minutes: MinuteReader;
  readonly #ledger: LedgerReader;
  readonly #windows: WindowReader;
  readonly #drops: DropReader;
  readonly #retention: RetentionReader;
  readonly #dropRecords = new DropRecords();

  constructor(
    private readonly db: Database.Database,
    private readonly file: string,
    onDamage: (range: DamagedRange) => void = () => undefined,
  ) {
    super();
    this.#segments = new SegmentReader(db);
    this.#visits = new SegmentVisits(db, this.#segments, onDamage);
    this.#records = new RecordReader(db, this.#segments, this.#visits);
    this.#events = new EventReader(db);
    this.#list = new SegmentList(db, this.#segments);
    const told = new ToldParts(db);
    this.#windows = new WindowReader(db, told, this.#list, this.#visits);
    this.#counts = new CountReader(this.#list, this.#visits);
    this.#coverage = new CoverageReader(db, this.#list);
    this.#minutes = new MinuteReader(db);
    this.#ledger = new LedgerReader(db);
    this.#retention = new RetentionReader(db);
    const kept = new KeptDrops(db, this.#list, told);
    this.#drops = new DropReader(this.#list, this.#visits, kept, this.#retention);
  }

  async *find(viewer: Viewer, query: FlowQuery): AsyncGenerator<StoredFlow> {
    const pace = new Pace();
    for await (const found of this.#locate(viewer, query))
      for (const flow of this.#readRecords(found)) {
        yield flow;
        // Each may be the first of its segment that is read, which takes a millisecond or two.
        await pace.pause();
      }
  }

  /**
   * Segments overlap in time, as flows arrive out of order. They are visited by their newest (or
   * oldest) flow, and what was found is handed out as soon as no later segment can come before it.
   */
  async *#locate(viewer: Viewer, query: FlowQuery): AsyncGenerator<Found[]> {
    const filter = within(scopeOf(viewer), query.filter);
    const compare = comparePositions(query.order);
    const segments = this.#segmentsOf(query);
    const keys = namedKeys(filter);
    const pace = new Pace();
    let found: Found[] = [];
    for (const [i, info] of segments.entries()) {
      if (query.signal?.aborted === true) return;
      if (keys === undefined || this.#segments.mayHold(info, keys))
        found.push(...this.#search(info, filter, query));
      found.sort(compare);
      if (query.limit !== undefined && found.length > query.limit) found.length = query.limit;
      const next = segments[i + 1];
      const safe =
        next === undefined ? found.length : countBefore(found, edgeOf(next, query.order), query.order);
      for (let at = 0; at < safe; at += BATCH) yield found.slice(at, Math.min(at + BATCH, safe));
      found = found.slice(safe);
      await pace.pause();
    }
  }

  #segmentsOf({ window, after, order, upTo = Infinity }: FlowQuery): SegmentInfo[] {
    const { since = after && order === 'asc' ? after.time : undefined, until } = window;
    const last =
      after && order === 'desc' && (until === undefined || after.time < until) ? after.time : until;
    return this.#list
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
    const { after, upTo = Infinity } = query;
    const compare = comparePositions(query.order);
    return this.#visits.visit(info, (stretch) => {
      const { columns, info: now } = stretch.segment;
      const found: Found[] = [];
      for (const row of matchingRows(stretch, filter, query.window)) {
        const seq = now.firstSeq + row;
        const time = columns.time[row] ?? 0n;
        if (seq > upTo || (after !== undefined && compare({ time, seq }, after) <= 0)) continue;
        found.push({ seq, time, segment: now, row });
      }
      return found;
    });
  }

  /** Records of flows that were just committed and will be asked for: drops are looked at as they come. */
  remember(records: NumberedRecords): void {
    this.#dropRecords.remember(records);
  }

  *#readRecords(found: readonly Found[]): Generator<StoredFlow> {
    for (const { seq, time, segment: info, row } of found) {
      const read = ({ segment, from }: Stretch): StoredFlow[] => {
        const placedAtArrival = segment.has(from, Flag.placedAtArrival);
        const record = this.#dropRecords.read(segment, from, seq);
        return [{ seq, time, placedAtArrival, record }];
      };
      yield* this.#visits.visit(info, read, row, row + 1);
    }
  }

  async *scan<T>(
    viewer: Viewer,
    query: ScanQuery,
    read: (flow: HeldFlow) => T,
  ): AsyncGenerator<ScanBatch<T>> {
    const { window, afterSeq = 0, upTo = Infinity, signal } = query;
    const filter = within(scopeOf(viewer), query.filter);
    const use = (stretch: Stretch) => readRows(stretch, filter, window, read);
    const pace = new Pace();
    for (const info of this.#list.infos()) {
      const last = Math.min(info.firstSeq + info.flows - 1, upTo);
      const from = Math.max(info.firstSeq, afterSeq + 1);
      if (from > last) continue;
      if (!overlaps(info, window)) yield { items: [], from, upTo: last };
      else
        for (let seq = from, end; seq <= last; seq = end + 1) {
          if (signal?.aborted === true) return;
          end = Math.min(seq + pace.rows - 1, last);
          const items = this.#visits.visit(info, use, seq - info.firstSeq, end + 1 - info.firstSeq);
          yield { items, from: seq, upTo: end };
          await pace.pause();
        }
    }
  }

  counts<T>(
    viewer: Viewer,
    query: CountQuery,
    asks: readonly ((flow: HeldFlow) => T)[],
  ): AsyncGenerator<Count<T>[]> {
    return this.#counts.read({ ...query, filter: within(scopeOf(viewer), query.filter) }, asks);
  }

  take(viewer: Viewer, seqs: readonly number[]): Promise<StoredFlow[]> {
    const scope = scopeOf(viewer);
    const found = seqs.flatMap((seq): Found[] => {
      const info = this.#list.of(seq);
      if (info === undefined) return [];
      const find = ({ segment, from: row }: Stretch): Found[] => {
        const flow = segment.cursor(row);
        if (scope !== undefined && !scope(flow)) return [];
        return [{ seq, time: flow.time, segment: segment.info, row }];
      };
      const row = seq - info.firstSeq;
      return this.#visits.visit(info, find, row, row + 1);
    });
    return Promise.resolve([...this.#readRecords(found)]);
  }

  async *tallies(
    viewer: Viewer,
    { filter: asked, window, afterSeq = 0, upTo = Infinity, signal }: ScanQuery,
  ): AsyncGenerator<{ tallies: Tally[]; upTo: number }> {
    const filter = within(scopeOf(viewer), asked);
    for (const info of this.#list.infos()) {
      // Merging may have put flows that were counted before into one segment with later ones.
      const { from, to } = rowsWithin(info, afterSeq, upTo);
      if (from >= to || !overlaps(info, window)) continue;
      // Unpacked on its own, which takes some milliseconds.
      this.#visits.visit(info, () => [], from, from);
      await setImmediate();
      for (let at = from; at < to; at += SLICE) {
        if (signal?.aborted === true) return;
        const end = Math.min(at + SLICE, to);
        const tallies = this.#visits.visit(info, (rows) => tallyRows(rows, filter, window), at, end);
        yield { tallies, upTo: info.firstSeq + end - 1 };
        await setImmediate();
      }
    }
  }

  sums(viewer: Viewer, query: ScanQuery): Promise<CoarseSums> {
    return this.#windows.sums(viewer, query);
  }

  summed(window: Window): SummedParts {
    return this.#windows.summed(window);
  }

  drops(viewer: Viewer, query: DropQuery): Promise<DropsOfWindow> {
    return this.#drops.read({ ...query, filter: within(scopeOf(viewer), query.filter) });
  }

  records(viewer: Viewer, query: StoreQuery): AsyncIterable<RecordBatch> {
    return this.#records.read(viewer, query);
  }

  events(viewer: Viewer, query: EventQuery): AsyncIterable<EventBatch> {
    return this.#events.read(viewer, query);
  }

  lastEvent(): number {
    return this.#events.last();
  }

  damage(): DamagedRange[] {
    return this.#visits.damage();
  }

  ledger(viewer: Viewer, query: LedgerQuery): Ledger {
    return this.#ledger.read(viewer, query);
  }

  postedDigest(): PostedDigest | undefined {
    return this.#ledger.posted();
  }

  ledgerEdge(viewer: Viewer, edge: string): LedgerEntry | undefined {
    return this.#ledger.edge(viewer, edge);
  }

  summary(): StoreSummary {
    const { flows, lastSeq, first, last } = this.#list.totals();
    return {
      flows,
      lastSeq: Math.max(lastSeq, this.#retention.lastSeq()),
      oldest: first,
      newest: last,
      bytesOnDisk: sizeOf(this.file) + sizeOf(`${this.file}-wal`),
    };
  }

  coverage(window: Window): NodeCoverage[] {
    return this.#coverage.read(window);
  }

  minutes(window: Window): AsyncIterable<NodeMinute[]> {
    return this.#minutes.read(window);
  }

  lastHeard(until: bigint | undefined): readonly LastHeard[] {
    return this.#minutes.lastHeard(until);
  }

  nodeStatuses(window: Window, most: number): NodeStatuses {
    return this.#coverage.statuses(window, most);
  }

  override extent(window: Window): Extent {
    return this.#coverage.extent(window);
  }

  removed(): Removed {
    return this.#retention.removed();
  }

  eventCounts(): ReturnType<FlowStore['eventCounts']> {
    return this.#coverage.eventCounts();
  }

  checkpoints(): ReadonlyMap<string, string> {
    const rows = this.db.prepare<[], { source: string; state: string }>(
      'SELECT source, state FROM checkpoint',
    );
    return new Map(
      rows.all().map((row) => {
        const { source, state } = typed(row, { source: 'text', state: 'text' });
        return [source, state];
      }),
    );
  }

  close(): void {
    this.db.close();
  }
}

function tallyRows(stretch: Stretch, filter: Filter, window: Window): Tally[] {
  const table = new TallyTable(stretch.segment, stretch.to - stretch.from);
  const cursor = stretch.segment.cursor();
  for (const row of matchingRows(stretch, filter, window)) {
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

function compareTimes(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
