import type { IngestReport } from '../ingest/ingest.schema.js';
import type { SourceStatus } from './source-status.js';

/** Where a source tells the operator what is wrong; each message once, until another one comes. */
export type Tell = (message: string) => void;

/** Complaints remembered, so as not to be repeated: names of rotated files have no end. */
const MOST_TOLD = 1000;

/** What became of one source since the start of the server, and what it last complained about. */
export class SourceLog {
  bytesRead = 0;
  records = 0;
  stored = 0;
  rejected = 0;
  cuts = 0;
  gaps = 0;
  lastRecord: string | null = null;
  lastError: { at: string; message: string } | null = null;
  readonly #told = new Map<string, string>();

  constructor(
    readonly path: string,
    private readonly tell: Tell,
  ) {}

  status(kind: SourceStatus['kind']): Omit<SourceStatus, 'files' | 'bytesBehind' | 'open'> {
    const { path, bytesRead, records, stored, rejected, cuts, gaps, lastRecord, lastError } = this;
    return { kind, path, bytesRead, records, stored, rejected, cuts, gaps, lastRecord, lastError };
  }

  /** Adds what a report has more than the one before it of the same upload. */
  add(report: IngestReport, before: IngestReport | undefined): void {
    this.records += report.records - (before?.records ?? 0);
    this.stored += report.stored - (before?.stored ?? 0);
    this.rejected += report.rejected - (before?.rejected ?? 0);
    if (report.to === null) return;
    if (this.lastRecord === null || Date.parse(report.to) >= Date.parse(this.lastRecord)) {
      this.lastRecord = report.to;
    }
  }

  /** Something is wrong with `what`; said once as long as it goes on in the same way. */
  complain(what: string, message: string): void {
    if (this.#told.get(what) === message) return;
    this.#told.delete(what);
    this.#told.set(what, message);
    for (const [oldest] of this.#told) if (this.#told.size > MOST_TOLD) this.#told.delete(oldest);
    this.lastError = { at: new Date().toISOString(), message };
    this.tell(message);
  }

  /** `what` is well again: worth a word if there was a complaint. */
  heal(what: string, message?: string): void {
    if (this.#told.delete(what) && message !== undefined) this.tell(message);
  }
}

/** The reason of an error of the system, without the stack of words that Node puts around it. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    ENOENT: 'it does not exist',
    EMFILE: 'too many open files',
    ENOTDIR: 'it is not inside of a folder',
    EISDIR: 'it is a folder',
    ELOOP: 'its symbolic links lead round in a circle',
  };
  const message = error instanceof Error ? error.message : String(error);
  return (code === undefined ? undefined : words[code]) ?? message;
}
