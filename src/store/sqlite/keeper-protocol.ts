import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import type { KeepLimits } from '../flow-writer.js';
import type { Sealed, TextChunk } from './filled-segment.js';
import type { Slice } from './time-runs.js';

/** What the writing thread asks of the keeping thread, and what it is told. */
export type ToKeeper =
  | { kind: 'texts'; chunk: TextChunk }
  | { kind: 'resume' }
  | { kind: 'tend' }
  /** Answered by `done` or `failed`, with the same number. */
  | { kind: 'ask'; request: number; question: Question };

export type Question =
  | { kind: 'store'; sealed: Sealed }
  | { kind: 'acknowledge'; edge: string; acknowledgement: Acknowledgement | undefined }
  | { kind: 'digest'; posted: PostedDigest }
  | { kind: 'trim'; limits: KeepLimits }
  | { kind: 'merge'; limits: KeepLimits }
  | { kind: 'close' };

export type FromKeeper =
  | { kind: 'ready' }
  /** It cannot start, in words for the operator. */
  | { kind: 'refused'; message: string }
  | { kind: 'done'; request: number; answer: unknown }
  /** With SQLite's code, where it has one. */
  | { kind: 'failed'; request: number; message: string; code: string | undefined }
  | { kind: 'merged'; firstSeq: number; flows: number; slices: readonly Slice[] }
  | { kind: 'removed'; firstSeq: number; flows: number }
  | { kind: 'delay'; message: string };
