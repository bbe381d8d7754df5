import type { Filter } from '../domain/filter/filter.js';
import type { Window } from '../domain/filter/window.js';
import type { RecordedFlow } from '../domain/flow/flow.js';
import type { EventKind } from '../domain/flow/record.js';
import type { Answers } from '../domain/latencies.js';

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

/** Minutes of which flows were removed that are kept as sums. */
interface SummedMinutes extends Span {
  /** Of these, sums are damaged, or flows were when they were removed. */
  missing: readonly Span[];
}

/** What of a window is told by sums, as flows of it were removed. */
export interface SummedParts {
  hours: Span | undefined;
  /** But for these hours, which may lie in the middle. */
  minutes: SummedMinutes | undefined;
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
  /** What comes between two stretches of adding up, instead of a turn of the event loop. */
  turn?: () => Promise<void>;
}

export interface DropQuery extends StoreQuery {
  /** Which node saw them is not asked: then it may be empty. */
  withoutNodes?: boolean;
}

export interface CountQuery extends ScanQuery {
  /** Nanoseconds: what lies in different multiples of it since 1970 is counted apart. */
  step?: bigint | undefined;
  /** When is not asked: then first and last may be 0. */
  untimed?: true;
  /** Also asked is how long answers took. */
  latencies?: true;
}

/** Flows of the same answers, and of one bucket of time where those are asked for. */
export interface Count<T> {
  /** One answer for each question. */
  key: readonly T[];
  /** Records. */
  count: number;
  /** Flows that they stand for. */
  flows: number;
  /** Nanoseconds since 1970. */
  first: bigint;
  last: bigint;
  /** Those among them, where that is asked and there are any. */
  answers?: Answers;
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
