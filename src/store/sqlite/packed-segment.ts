import type { NewEntries } from './dictionary-writer.js';
import type { Slice } from './time-runs.js';

/** A segment as it rests on disk. */
export interface PackedSegment {
  firstSeq: number;
  generation: number;
  flows: number;
  timeMin: bigint;
  timeMax: bigint;
  columns: Uint8Array;
  keys: Uint8Array;
  chunks: { firstText: number; texts: Uint8Array }[];
  dictionary: NewEntries[];
  nodes: { node: string; flows: number; timeMin: bigint; timeMax: bigint }[];
  slices: readonly Slice[];
  /** Rows of flows that have no time. */
  timeless: readonly { row: number; key: Uint8Array }[];
}
