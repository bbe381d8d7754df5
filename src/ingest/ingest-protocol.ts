import type { ErrorCode } from '../domain/errors.js';
import type { Acknowledgement, PostedDigest } from '../domain/ledger/ledger.js';
import type { NumberedRecords, Removal } from '../store/flow-writer.js';
import type { IngestReport } from './ingest.schema.js';
import type { Dating } from './text/printed-time.js';

/** How far a source has been read, in its own words; without a state it is forgotten. */
export interface Checkpoint {
  source: string;
  state?: string | undefined;
}

/** What the main thread asks of the thread that writes, and what it is told. */
export type ToWriter =
  | { kind: 'open'; session: number; dating: Dating }
  | { kind: 'file'; session: number; name: string }
  /** The first bytes of a parcel, which goes back when it was read. */
  | { kind: 'write'; session: number; parcel: ArrayBuffer; length: number }
  /** Tell me when everything so far is on disk, and the checkpoints with it. */
  | { kind: 'commit'; session: number; checkpoints: readonly Checkpoint[] }
  | { kind: 'end'; session: number; checkpoints: readonly Checkpoint[] }
  /** Nobody waits for this session any more; what it began to read is forgotten. */
  | { kind: 'abandon'; session: number }
  /** Somebody has seen an edge of the ledger; without an acknowledgement it is taken back. */
  | { kind: 'acknowledge'; request: number; edge: string; acknowledgement?: Acknowledgement | undefined }
  /** News of the ledger were posted. */
  | { kind: 'digested'; request: number; posted: PostedDigest }
  | { kind: 'close' };

export type FromWriter =
  /** With the rules by which records are redacted. */
  | { kind: 'ready'; redaction: readonly string[] }
  /** The thread cannot start, in words for the operator. */
  | { kind: 'refused'; message: string }
  /** A parcel was read: another may be sent. */
  | { kind: 'written'; session: number; parcel: ArrayBuffer }
  /** What was written before the oldest `commit` not yet answered is on disk; the report so far. */
  | { kind: 'kept'; session: number; report: IngestReport }
  | { kind: 'done'; session: number; report: IngestReport }
  | { kind: 'failed'; session: number; code: ErrorCode; message: string; report: IngestReport }
  /** What was acknowledged or posted is on disk, or why not. */
  | { kind: 'noted'; request: number; failure?: { code: ErrorCode; message: string } | undefined }
  /** More flows are on disk, these drops among them. */
  | { kind: 'committed'; dropped: NumberedRecords }
  /** Flows were removed, as they were too old or too much. */
  | { kind: 'removed'; removal: Removal }
  /** Upkeep failed, in words for the operator; it is tried again. */
  | { kind: 'trouble'; message: string }
  | { kind: 'closed' };
