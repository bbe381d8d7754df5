import type { ErrorCode } from '../domain/errors.js';
import type { IngestReport } from './ingest.schema.js';
import type { Dating } from './text/printed-time.js';

/** What the main thread asks of the thread that writes, and what it is told. */
export type ToWriter =
  | { kind: 'open'; session: number; dating: Dating }
  | { kind: 'file'; session: number; name: string }
  | { kind: 'write'; session: number; chunk: Uint8Array }
  | { kind: 'end'; session: number }
  | { kind: 'close' };

export type FromWriter =
  | { kind: 'ready' }
  /** The thread cannot start, in words for the operator. */
  | { kind: 'refused'; message: string }
  /** A chunk was read: another may be sent. */
  | { kind: 'written'; session: number }
  | { kind: 'done'; session: number; report: IngestReport }
  | { kind: 'failed'; session: number; code: ErrorCode; message: string; report: IngestReport }
  /** More flows are on disk. */
  | { kind: 'committed' }
  | { kind: 'closed' };
