import type { NodeMinute } from '../domain/coverage/node-minute.js';
import type { LastHeard } from '../domain/coverage/silent-nodes.js';
import type { NodeStatus } from '../domain/coverage/node-status.js';
import type { Window } from '../domain/filter/window.js';
import type { EventKind } from '../domain/flow/record.js';
import type { Ledger, LedgerEntry, LedgerQuery, PostedDigest } from '../domain/ledger/ledger.js';
import type { CoarseSums } from '../domain/service-map/coarse-sums.js';
import type { DropsOfWindow } from '../domain/service-map/dropped.js';
import type { Tally } from '../domain/service-map/tally.js';
import type { Viewer } from '../domain/viewer.js';
import type {
  Count,
  CountQuery,
  DropQuery,
  EventBatch,
  EventQuery,
  FlowQuery,
  HeldFlow,
  RecordBatch,
  ScanBatch,
  ScanQuery,
  StoreQuery,
  StoredFlow,
  SummedParts,
} from './queries.js';
import type { Removal } from './flow-writer.js';

/** Flows of consecutive numbers of which some cannot be read: what is on disk is not what was written. */
export interface DamagedRange {
  firstSeq: number;
  lastSeq: number;
  oldest: bigint;
  newest: bigint;
  reason: string;
}

export interface StoreSummary {
  flows: number;
  /** Number of the newest flow there ever was, also when it is no longer held; 0 before the first. */
  lastSeq: number;
  oldest: bigint | undefined;
  newest: bigint | undefined;
  bytesOnDisk: number;
}

/** All that `FlowWriter.trim` ever removed. */
export interface Removed extends Removal {
  /** Grows with what is removed: who counted everything before must count again. */
  removals: number;
  /** Milliseconds since 1970. */
  last: number | undefined;
}

export interface NodeCoverage {
  node: string;
  flows: number;
  first: bigint | undefined;
  last: bigint | undefined;
  lost: LossReport[];
}

/** What nodes delivered and lost together. */
export interface Extent {
  first: bigint | undefined;
  last: bigint | undefined;
  eventsLost: number;
}

export interface LossReport {
  /** When Hubble reported it; undefined where the record has no time. */
  time: bigint | undefined;
  /** Start of the interval that the loss covers, where Hubble told it (Cilium 1.19). */
  from: bigint | undefined;
  source: string;
  events: number;
}

/** The newest of them, the newest first. */
export interface NodeStatuses {
  newest: NodeStatus[];
  leftOut: number;
}

export function extentOf(nodes: readonly NodeCoverage[]): Extent {
  const times = nodes.flatMap(({ first, last }) => [first ?? [], last ?? []].flat());
  times.sort((a, b) => (a < b ? -1 : 1));
  const eventsLost = nodes.flatMap(({ lost }) => lost).reduce((sum, { events }) => sum + events, 0);
  return { first: times[0], last: times.at(-1), eventsLost };
}

/**
 * Where flows are read. Every read carries a viewer, whose scope is applied before anything is
 * counted. What `FlowWriter.commit` made durable is seen by the next read.
 */
export abstract class FlowStore {
  /** Flows that match, ordered by time and then number. Stops reading when the caller stops taking. */
  abstract find(viewer: Viewer, query: FlowQuery): AsyncIterable<StoredFlow>;

  /**
   * What `read` makes of each flow that matches, in order of arrival. Batches cover every number held, also where
   * nothing matches, and are small, so that whoever takes them may stop at any time. `read` may be called again for
   * a flow, so it must only answer.
   */
  abstract scan<T>(
    viewer: Viewer,
    query: ScanQuery,
    read: (flow: HeldFlow) => T,
  ): AsyncIterable<ScanBatch<T>>;

  /**
   * Flows that match, counted by what is answered of them; the same key and bucket may come again. Answers must
   * depend on the flow alone: each question is asked once for flows that are alike in all that it looks at, and what
   * was answered is remembered as long as the same function is asked.
   */
  abstract counts<T>(
    viewer: Viewer,
    query: CountQuery,
    asks: readonly ((flow: HeldFlow) => T)[],
  ): AsyncIterable<Count<T>[]>;

  /** Flows by number, in the order asked for; numbers not held or out of scope are left out. */
  abstract take(viewer: Viewer, seqs: readonly number[]): Promise<StoredFlow[]>;

  /** Flows that match, told as tallies in order of arrival; `upTo` is the last number a batch covers. */
  abstract tallies(viewer: Viewer, query: ScanQuery): AsyncIterable<{ tallies: Tally[]; upTo: number }>;

  /**
   * Flows that match, added up for the map at the levels of workloads and above. Where their `pods` contradict each
   * other, tallies must be asked instead.
   */
  abstract sums(viewer: Viewer, query: ScanQuery): Promise<CoarseSums>;

  /**
   * Hours and minutes of which flows were removed while their sums are kept: `sums` of a window without filter and
   * numbers, for a viewer who sees everything, are made of those there, and of the flows that are held. Of minutes
   * that the window has only a part of, only flows that are held count.
   */
  abstract summed(window: Window): SummedParts;

  /**
   * Who was ever seen to speak with whom, also before the oldest flow that is held: edges of the map at the level of
   * workloads. A few seconds behind what is committed.
   */
  abstract ledger(viewer: Viewer, query: LedgerQuery): Ledger;

  /** What `FlowWriter.noteDigest` noted last. */
  abstract postedDigest(): PostedDigest | undefined;

  /** One edge of it; undefined where there is none of this id. */
  abstract ledgerEdge(viewer: Viewer, edge: string): LedgerEntry | undefined;

  /**
   * The dropped flows among those that match, in order of arrival; and what is kept of those that were removed, where
   * a viewer who sees everything asks without a filter.
   */
  abstract drops(viewer: Viewer, query: DropQuery): Promise<DropsOfWindow>;

  /**
   * The records again, to the letter and in order of arrival also of a window, as far as they had arrived when it was asked.
   * Without a filter, events stand where they came: of a window those whose own time is inside. To a viewer of
   * some namespaces events are not given, as they belong to none.
   */
  abstract records(viewer: Viewer, query: StoreQuery): AsyncIterable<RecordBatch>;

  /** Events that match; none to a viewer of some namespaces, as they belong to none. */
  abstract events(viewer: Viewer, query: EventQuery): AsyncIterable<EventBatch>;

  /** Number of the newest event that is held; 0 where there is none. */
  abstract lastEvent(): number;

  /** What was found damaged by reading since the start, by number; other answers leave it out. */
  abstract damage(): DamagedRange[];

  /** Counts and times of what is held; scope does not apply, it tells nothing of namespaces. */
  abstract summary(): StoreSummary;

  /** What each source node delivered and lost, by name. */
  abstract coverage(window: Window): NodeCoverage[];

  /**
   * What each node delivered, minute by minute, in order of their first flows: the minutes that reach into the
   * window, whole. They add up to the flows held. Nodes are the cluster's, so scope does not apply: whoever shows
   * it to a viewer of some namespaces must leave out the counts.
   */
  abstract minutes(window: Window): AsyncIterable<NodeMinute[]>;

  /**
   * When each node was last heard up to a time, by name, of at most a thousand nodes. What came with a clock that is
   * ahead does not count; scope does not apply. Every answer tells of it, so it must not take longer with every flow.
   */
  abstract lastHeard(until: bigint | undefined): readonly LastHeard[];

  /** What Relay said of nodes inside the window; scope does not apply either. */
  abstract nodeStatuses(window: Window, most: number): NodeStatuses;

  /** The sum of the coverage: every answer tells it, so it must not take longer with every node and flow held. */
  extent(window: Window): Extent {
    return extentOf(this.coverage(window));
  }

  /** What is no longer held because it was too old or too much. */
  abstract removed(): Removed;

  abstract eventCounts(): Partial<Record<EventKind, number>>;

  /** What sources noted with `FlowWriter.checkpoint`, by source. */
  abstract checkpoints(): ReadonlyMap<string, string>;

  abstract close(): void;
}
