import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import type { KeepLimits, Removal } from '../flow-writer.js';
import type { Sealed, TextChunk } from './filled-segment.js';
import type { Slice } from './time-runs.js';

/** What happened to segments on disk, for whoever remembers which flows are there. */
export interface KeeperNews {
  /** Several became one, with the numbers of all their flows. */
  merged(firstSeq: number, flows: number, slices: readonly Slice[]): void;
  removed(firstSeq: number, flows: number): void;
  /** In words for the operator: something is put off. */
  delay(message: string): void;
}

/**
 * Who writes to the database: stores segments in the order in which they come, and tends what is there. Everything
 * is done in the order in which it is asked for, but for trimming and merging, which go on between.
 */
export interface Keeper {
  /** Resolves when it is on disk. Where that fails, it rejects, and so does all that comes behind, up to `resume`. */
  store(sealed: Sealed): Promise<void>;
  /** Texts of the segment that is stored next. */
  addTexts(chunk: TextChunk): void;
  /** After a failure: what comes next begins behind what is on disk, with a generation of the dictionary of its own. */
  resume(): void;
  /** From time to time: writes what has waited. */
  tend(): void;
  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): Promise<void>;
  noteDigest(posted: PostedDigest): Promise<void>;
  trim(limits: KeepLimits): Promise<Removal | undefined>;
  merge(limits: KeepLimits): Promise<boolean>;
  close(): Promise<void>;
}
