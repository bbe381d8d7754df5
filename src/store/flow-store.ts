import type { FlowKey } from '../domain/flow/flow-key.js';
import type { NodeMinute } from '../domain/coverage/node-minute.js';
import type { LastHeard } from '../domain/coverage/silent-nodes.js';
import type { NodeStatus } from '../domain/coverage/node-status.js';
import type { Filter } from '../domain/filter/filter.js';
import type { Window } from '../domain/filter/window.js';
import type { Flow, RecordedFlow } from '../domain/flow/flow.js';
import type { Template } from '../domain/flow/template.js';
import type { EventKind, EventRecord } from '../domain/flow/record.js';
import type {
  Acknowledgement,
  Ledger,
  LedgerEntry,
  LedgerQuery,
  PostedDigest,
} from '../domain/ledger/ledger.js';
import type { Moment } from '../domain/names/pods-seen.js';
import type { CoarseSums } from '../domain/service-map/coarse-sums.js';
import type { Dropped } from '../domain/service-map/dropped.js';
import type { Tally } from '../domain/service-map/tally.js';
import type { Viewer } from '../domain/viewer.js';

/** A flow as it rests: its number, its place in time, and the record exactly as Hubble wrote it. */
export interface StoredFlow {
  /** Counts from 1 in order of arrival; never given twice. */
  seq: number;
  /** Nanoseconds since 1970. */
  time: bigint;
  /** The record had no time, so `time` is its arrival. */
  placedAtArrival: boolean;
  /** One JSON object without line breaks. */
  record: string;
}

/** Once aborted, nothing more is read, and what is answered is worth nothing: whoever asked has gone. */
interface CalledOff {
  signal?: AbortSignal | undefined;
}

export interface FlowQuery extends CalledOff {
  filter: Filter;
  window: Window;
  order: 'asc' | 'desc';
  /** Only flows behind this position, in the order asked for. */
  after?: FlowPosition | undefined;
  /** Only flows that had arrived at this number: what keeps pages stable while others arrive. */
  upTo?: number | undefined;
  /** A hint: no more than this many will be taken. */
  limit?: number | undefined;
}

export interface FlowPosition {
  time: bigint;
  seq: number;
}

/** From one time to before another. */
export interface Span {
  from: bigint;
  to: bigint;
}

export interface StoreQuery extends CalledOff {
  filter: Filter;
  window: Window;
}

export interface ScanQuery extends StoreQuery {
  /** Only flows with a greater number, */
  afterSeq?: number | undefined;
  /** and only those that had arrived at this one. */
  upTo?: number | undefined;
}

export interface CountQuery extends ScanQuery {
  /** Nanoseconds: what lies in different multiples of it since 1970 is counted apart. */
  step?: bigint | undefined;
  /** When is not asked: then first and last may be 0. */
  untimed?: true;
}

/** Flows of one key, and of one bucket of time where those are asked for. */
export interface Count<T> {
  key: T;
  /** Records. */
  count: number;
  /** Flows that they stand for. */
  flows: number;
  /** Nanoseconds since 1970. */
  first: bigint;
  last: bigint;
}

/** A flow where it rests. What is not asked of it is not read; it is gone when whoever looks at it returns. */
export interface HeldFlow extends RecordedFlow, StoredFlow {
  time: bigint;
}

/** What was made of the flows numbered `from` to `upTo`, as far as they match. */
export interface ScanBatch<T> {
  items: T[];
  from: number;
  upTo: number;
}

/** Where an event stands among the others: those without a time of their own come before all that have one. */
export interface EventPosition {
  time: bigint | undefined;
  /** Counts up in order of arrival. */
  id: number;
}

export interface EventQuery extends CalledOff {
  kinds: readonly EventKind[];
  /** Events without a time of their own are in no window but the one that is open at both ends. */
  window: Window;
  /** By time and then arrival, or by arrival alone. */
  order: 'asc' | 'desc' | 'arrival';
  /** Only events behind this position, in the order asked for. */
  after?: EventPosition | undefined;
  /** Only events that had arrived at this one. */
  upTo?: number | undefined;
}

/** An event as it rests. */
export interface StoredEvent extends EventPosition {
  node: string;
  /** One JSON object without line breaks. */
  record: string;
}

export interface EventBatch {
  events: StoredEvent[];
  /** Events that are damaged and left out. */
  damaged: number;
}

/** Records one a line, a line break behind each. */
export interface RecordBatch {
  text: string;
  flows: number;
  events: number;
  /** Flows and events that are damaged and left out. */
  damaged: number;
}

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

/** How much is kept; what is undefined is no limit. */
export interface KeepLimits {
  /** Milliseconds, counted from the time of flows. */
  keepFor?: number | undefined;
  /** Milliseconds for rows of drops and for sums by hour, which may outlive the flows; else as long as those. */
  keepDropsFor?: number | undefined;
  keepSumsFor?: number | undefined;
  /** Of the store on disk, with everything that belongs to it. */
  keepBytes?: number | undefined;
}

export interface Removal {
  flows: number;
  events: number;
  /** Time of the newest flow that was removed. */
  until: bigint | undefined;
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
   * Flows that match, counted by what `keyOf` answers of them; the same key and bucket may come again. `keyOf` must
   * depend on the flow alone: it is asked once for flows that are alike in all that it looks at.
   */
  abstract counts<T>(
    viewer: Viewer,
    query: CountQuery,
    keyOf: (flow: HeldFlow) => T,
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
   * Hours of which flows were removed while their sums are kept: `sums` of a window without filter and numbers, for a
   * viewer who sees everything, are made of those there.
   */
  abstract summedHours(window: Window): Span | undefined;

  /**
   * Who was ever seen to speak with whom, also before the oldest flow that is held: edges of the map at the level of
   * workloads. A few seconds behind what is committed.
   */
  abstract ledger(viewer: Viewer, query: LedgerQuery): Ledger;

  /** What `FlowWriter.noteDigest` noted last. */
  abstract postedDigest(): PostedDigest | undefined;

  /** One edge of it; undefined where there is none of this id. */
  abstract ledgerEdge(viewer: Viewer, edge: string): LedgerEntry | undefined;

  /** The dropped flows among those that match, in order of arrival. */
  abstract drops(viewer: Viewer, query: StoreQuery): Promise<Dropped>;

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

/** A flow with its record taken apart; only good until `append` returns. */
export interface NewFlow {
  flow: Flow;
  template: Template;
  /** What fills the template's slots beside the flow: texts that many records repeat, */
  known: readonly RepeatedText[];
  /** and the record's own, in UTF-8 without line breaks. */
  own: readonly Buffer[];
  /** The key that its uuid is, where whoever read it has it already. */
  key?: FlowKey | undefined;
  /** Of parts that whoever hands them out knows again. */
  notes?: FlowNotes;
  /** What its L7 message is told by, where it has an id of its own. */
  messageId?: string;
}

/**
 * What the store calls a part of flows, and which of its dictionaries does, and when an end was last met by whoever
 * learns names: left here to be found again at once.
 */
export interface Note {
  number?: number;
  numberedBy?: number;
  metIn?: Moment | undefined;
}

/** A note for each part; a part that comes with the same note is the same. */
export interface FlowNotes {
  source: Note;
  destination: Note;
  /** The node with its labels. */
  node: Note;
}

/** The same object for the same text, as long as whoever hands it out remembers it. */
export interface RepeatedText extends Note {
  readonly text: string;
}

/** Flows that become durable together, or not at all. */
export interface Block {
  fate: 'open' | 'kept' | 'lost';
}

/**
 * Where flows are written, by one writer at a time. `append` takes a flow into the open block;
 * `commit` resolves when everything appended before it is on disk. When it rejects, nothing since
 * the last successful commit is held, and the same flows may be appended again.
 */
export abstract class FlowWriter {
  /** False when the flow is already known, also when it is still in the open block. */
  abstract append(flow: NewFlow): boolean;

  /** What the next flow becomes a part of. */
  abstract readonly block: Readonly<Block>;

  /** Events are kept once each, like flows. False when already known. */
  abstract appendEvent(event: EventRecord, bytes: Uint8Array): boolean;

  /**
   * Notes how far a source has been read; undefined forgets it. Becomes durable with the next commit, in
   * one transaction with everything appended before it, so it is never ahead of what is stored.
   */
  abstract checkpoint(source: string, state: string | undefined): void;

  abstract commit(): Promise<void>;

  /** Notes that somebody has seen an edge of the ledger; undefined takes it back. Durable when it returns. */
  abstract acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): void;

  /** Notes that news of the ledger were posted. Durable when it returns. */
  abstract noteDigest(posted: PostedDigest): void;

  /** Begins a commit when the oldest flow, event or checkpoint of the open block has waited this long. */
  abstract commitAfter(milliseconds: number): void;

  /**
   * Removes what is beyond the limits: whole blocks of flows, the oldest first, and events likewise. In
   * small steps, between which flows are appended and committed. Numbers are not given again; a removed
   * flow that comes again is new. Resolves with what was removed, undefined when it was nothing.
   */
  abstract trim(limits: KeepLimits): Promise<Removal | undefined>;

  /**
   * Makes one block of some small ones that lie side by side, so that reading does not slow down with
   * their number; no answer changes. A step of some milliseconds; false when there is nothing to merge now.
   */
  abstract merge(limits: KeepLimits): Promise<boolean>;

  /** Called after each commit that made flows or events durable. */
  onCommit: () => void = () => undefined;

  /** Called with words for the operator when something is put off. */
  onDelay: (message: string) => void = () => undefined;

  /** How many commits have failed: whoever appended before one of them and committed after it lost flows. */
  abstract readonly failures: number;

  /** Resolves when so little is waiting to be written that more may be appended. */
  abstract ready(): Promise<void>;

  abstract close(): Promise<void>;
}
