import { asError } from '../domain/errors.js';
import type { IngestClient, IngestUpload } from '../ingest/ingest-client.js';
import type { IngestReport } from '../ingest/ingest.schema.js';
import type { FoundFile } from './file-finder.js';
import type { Gaps } from './gaps.js';
import { KnownLogs } from './known-logs.js';
import { checkpointOf, type LogState } from './log-state.js';
import type { SourceLog } from './source-log.js';
import { Tail } from './tail.js';
import { unquoted } from './unquoted.js';
import { datingOf, millisecondsOf } from './written.js';

export interface Pipeline {
  ingest: IngestClient;
  known: KnownLogs;
  gaps: Gaps;
}

/** An upload takes lines of text that name no year to be at most a day newer than what it was told. Milliseconds. */
const DATED = 12 * 3_600_000;

/** One plain file on its way into the store: hands over what it reads, and knows what of it is on disk. */
export class FollowedLog {
  /** Of its checkpoint. */
  id = KnownLogs.newId();
  /** The log of which it is a copy. */
  goesOnFrom: string | undefined;
  readonly tail: Tail;
  readonly firstPath: string;
  readonly inode: string;
  /** When it was last there; milliseconds. */
  seenAt = Date.now();
  /** It was found under another name while it was closed: its inode may have been used again. */
  wasMovedClosed = false;
  size: number;
  /** Changes with every write; nanoseconds. */
  modified: string;
  /** Since when its inode is found nowhere; milliseconds. */
  goneSince: number | undefined;
  /** When something of it was last put on disk; milliseconds. */
  keptAt = 0;
  /** When there was last something to read. */
  readAt = Date.now();
  /** Since when it is closed, has something to read, and waits for its turn; milliseconds. */
  waitsSince: number | undefined;
  #upload: IngestUpload | undefined;
  /** Its lines are not newer than this, or by so little that it may be clocks; milliseconds. */
  #datedTo = 0;
  #report: IngestReport | undefined;
  #committing: Promise<void> | undefined;
  /** The place last asked to be noted. */
  #noted = 0;
  /** What is on disk. */
  #stored: LogState | undefined;
  #checked: { size: number; modified: string } | undefined;
  #failure: Error | undefined;

  constructor(
    { path, inode, size, modified }: FoundFile,
    readonly source: SourceLog,
    private readonly pipeline: Pipeline,
    /** Milliseconds. */
    readonly foundAt: number,
  ) {
    this.firstPath = path;
    this.inode = inode;
    this.size = size;
    this.modified = modified;
    this.tail = new Tail(path);
  }

  /** Bytes of it that are on disk. */
  get stored(): number {
    return this.#stored?.offset ?? 0;
  }

  get behind(): number {
    return Math.max(0, this.size - this.stored);
  }

  /** Something was written since the end was reached. */
  get isDue(): boolean {
    // A file that is gone is not looked at any more, only read.
    if (this.goneSince !== undefined) return true;
    return this.#checked?.size !== this.size || this.#checked.modified !== this.modified;
  }

  /** Goes on where this or another reader of the same log stopped. */
  async resume(id: string, state: LogState): Promise<boolean> {
    if (!(await this.tail.goTo(state))) return false;
    // Another file with the same content may still be read under its own name.
    const isOwn = state.inode === this.inode;
    if (isOwn) this.id = id;
    else this.goesOnFrom = id;
    this.#noted = isOwn ? state.offset : -1;
    this.#stored = this.tail.state(this.inode);
    return true;
  }

  /** What was there before is not wanted. */
  async skipToEnd(): Promise<void> {
    await this.tail.goToEnd();
    this.#stored = this.tail.state(this.inode);
    this.#noted = -1;
  }

  /**
   * Reads on to the end of the file, or as far as `most` bytes reach: then more waits. After a cut this log is
   * finished; what the file holds now is another one.
   */
  async readOn(buffer: Buffer, most: number): Promise<'more' | 'end' | 'cut'> {
    if (!this.isDue || !(await this.#isItself())) return 'end';
    if (this.#upload !== undefined && millisecondsOf(this.modified) - this.#datedTo > DATED)
      await this.#date();
    const checked = { size: this.size, modified: this.modified };
    for (let read = 0; read < most;) {
      const { bytes, cut } = await this.tail.step(buffer);
      if (bytes.length > 0) await this.#hand(bytes);
      if (cut) {
        await this.#endAtCut();
        return 'cut';
      }
      if (bytes.length === 0) {
        this.#checked = checked;
        return 'end';
      }
      read += bytes.length;
    }
    return 'more';
  }

  /** Asks for a commit of what was handed over, if none is under way. */
  keep(): void {
    if (this.#committing !== undefined || this.#failure !== undefined) return;
    const state = this.tail.state(this.inode);
    if (state.offset === this.#noted) return;
    this.#noted = state.offset;
    const upload = this.#opened();
    this.#committing = upload.commit([checkpointOf(this.id, state)]).then(
      (report) => {
        this.#committing = undefined;
        this.#take(report, state);
      },
      (error: unknown) => {
        this.#committing = undefined;
        this.#failure = asError(error);
      },
    );
  }

  /** Resolves when the commit that was asked for is done. Throws when the store failed since the last call. */
  async settle(): Promise<void> {
    await this.#committing;
    this.throwFailure();
  }

  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** After a failure of the store: reads again from what is on disk. */
  async rewind(): Promise<void> {
    this.#upload?.abandon();
    this.#upload = this.#report = this.#checked = undefined;
    const stored = this.#stored;
    if (stored === undefined || !(await this.tail.goTo(stored).catch(() => false))) this.tail.goToStart();
    this.#noted = this.tail.offset;
  }

  /** No more will come: takes a last line without line break as it is. */
  async finish(): Promise<void> {
    const state = this.tail.state(this.inode);
    await this.#committing;
    if (this.#upload !== undefined || state.offset !== this.#noted) {
      const report = await this.#opened().end([checkpointOf(this.id, state)]);
      this.#take(report, state);
    }
    this.#upload = this.#report = undefined;
    this.#noted = state.offset;
  }

  /** Lets go of everything while nothing is to be read; when it is written again, it is taken up again. */
  async rest(): Promise<void> {
    const { offset, isInLine } = this.tail;
    if (this.#committing !== undefined || isInLine || offset !== this.stored || offset !== this.size) return;
    this.#checked = { size: this.size, modified: this.modified };
    this.#upload?.abandon();
    this.#upload = this.#report = undefined;
    await this.tail.close();
  }

  /** Another file is to be read in its place: it is closed as soon as what was read of it is on disk. False until then. */
  async giveWay(): Promise<boolean> {
    this.keep();
    if (this.#committing !== undefined || this.#failure !== undefined) return false;
    this.#letGo();
    await this.tail.close();
    return true;
  }

  /** The server stops: everything handed over is on disk then, and the rest is taken up at the next start. */
  async stop(): Promise<void> {
    this.keep();
    await this.#committing;
    this.keep();
    await this.#committing;
    this.#upload?.abandon();
    await this.tail.close();
  }

  /** Printed lines that come now are of the year that it is now. */
  async #date(): Promise<void> {
    this.keep();
    await this.settle();
    this.#letGo();
  }

  /** What was handed over is on disk; a last line without its end is read again. */
  #letGo(): void {
    this.#upload?.abandon();
    this.#upload = this.#report = undefined;
    this.tail.goToLine();
  }

  /** The path of a file that was closed may lead to another one by now; then this one is seen elsewhere, or gone. */
  async #isItself(): Promise<boolean> {
    if (this.tail.isOpen || (await this.tail.inode()) === this.inode) return true;
    await this.tail.close();
    return false;
  }

  async #hand(bytes: Buffer): Promise<void> {
    this.readAt = Date.now();
    this.source.bytesRead += bytes.length;
    // A message carries the whole memory behind its bytes: that of the buffer, if it is not full.
    const chunk =
      bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.prototype.slice.call(bytes);
    await this.#opened().write(chunk);
    this.throwFailure();
  }

  async #endAtCut(): Promise<void> {
    const read = this.tail.offset;
    // A size that it still has may be that of what was written anew.
    const seen = (await this.tail.size()) < this.size ? this.size : 0;
    await this.finish();
    if (this.wasMovedClosed) return;
    this.source.cuts++;
    const unread = Math.max(0, seen - read);
    this.source.complain(
      `cut ${this.tail.path}`,
      `${this.tail.path} was cut off or written anew after ${read} bytes were read; it is read from its beginning. ` +
        (unread > 0 ? `At least ${unread} bytes had not been read. ` : '') +
        'What was written between the copy and the cut of a copy-truncate is in neither file; rotate by renaming to lose nothing',
    );
  }

  #take(report: IngestReport, stored: LogState): void {
    this.#stored = stored;
    this.keptAt = Date.now();
    this.pipeline.known.note(this.id, stored);
    this.source.add(report, this.#report);
    const rejected = report.rejected - (this.#report?.rejected ?? 0);
    if (rejected > 0 && (this.#report?.rejected ?? 0) === 0) {
      const [first] = unquoted(report.errors, this.pipeline.ingest);
      this.source.complain(
        `rejected ${this.tail.path}`,
        `${this.tail.path}: ${rejected} lines are no record; the first of them: ${first?.reason ?? ''} (line ${first?.line ?? 0} of what was read)`,
      );
    }
    this.#report = report;
  }

  #opened(): IngestUpload {
    if (this.#upload === undefined) {
      this.#upload = this.pipeline.ingest.open(datingOf(this.modified));
      this.#datedTo = millisecondsOf(this.modified);
    }
    return this.#upload;
  }
}
