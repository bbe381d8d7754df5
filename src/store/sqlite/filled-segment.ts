import type { EventKind } from '../../domain/flow/record.js';
import type { FlowKey } from '../../domain/flow/flow-key.js';
import type { NewEntries } from './dictionary-writer.js';
import type { SegmentColumns } from './segment-columns.js';
import type { Slice } from './time-runs.js';

/** A segment that takes no more flows, before it is packed: nothing but numbers, bytes and texts. */
export interface FilledSegment {
  firstSeq: number;
  generation: number;
  flows: number;
  /** With room for more rows. */
  columns: SegmentColumns;
  keys: Uint8Array;
  /** What no segment brought along before, of all kinds but habits, which are found when it is packed. */
  dictionary: readonly NewEntries[];
  slices: readonly Slice[];
  /** Rows of flows that have no time. */
  timeless: readonly number[];
}

/** Own texts of records, one a line, that belong to the segment which is stored next. */
export interface TextChunk {
  firstText: number;
  bytes: Uint8Array;
}

/** What becomes durable together. */
export interface Sealed {
  segment: FilledSegment | undefined;
  /** The clock when it was closed, in milliseconds. */
  arrival: number;
  events: readonly NewEvent[];
  checkpoints: ReadonlyMap<string, string | undefined>;
}

export interface NewEvent {
  afterSeq: number;
  key: FlowKey;
  kind: EventKind;
  time: bigint | undefined;
  node: string;
  lost: { source: string; events: number; first: bigint | undefined } | undefined;
  record: string;
}
