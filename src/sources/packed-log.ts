import type { FileHandle } from 'node:fs/promises';
import { FlowatlasError } from '../domain/errors.js';
import { decodeFile } from '../ingest/body-decoder.js';
import { piecesOf } from '../ingest/file-pieces.js';
import type { IngestUpload } from '../ingest/ingest-client.js';
import { isGzip, isZstandard } from '../ingest/packing.js';
import type { IngestReport } from '../ingest/ingest.schema.js';
import { fingerprintOf, lastBytes, PRINT_BYTES, startsWith } from './fingerprint.js';
import type { FoundFile } from './file-finder.js';
import type { Pipeline } from './followed-log.js';
import { KnownLogs } from './known-logs.js';
import { checkpointOf, type LogState } from './log-state.js';
import { reasonOf, type SourceLog } from './source-log.js';
import { datingOf } from './written.js';

/** A compressed file that did not change for so long is taken to be whole. Milliseconds. */
const SETTLED = 1_000;
const EMPTY: Buffer = Buffer.alloc(0);

/** By its first bytes, whatever its name. */
export function isPacked(head: Buffer): boolean {
  return isGzip(head) || isZstandard(head);
}

/** A compressed backup: read once, and of a log that was followed before only what is new. */
export class PackedLog {
  path: string;
  readonly inode: string;
  readonly size: number;
  readonly modified: string;
  readonly firstPath: string;
  readonly #openedAt = Date.now();
  #isDone: boolean;
  #isReading = false;

  /** A file that changes is made a new one of these. It is held open, so it can be read when it was removed. */
  constructor(
    { path, inode, size, modified }: FoundFile,
    private readonly handle: FileHandle,
    readonly source: SourceLog,
    private readonly pipeline: Pipeline,
    /** Milliseconds. */
    readonly foundAt: number,
  ) {
    this.path = this.firstPath = path;
    this.inode = inode;
    this.size = size;
    this.modified = modified;
    this.#isDone = pipeline.known.isRead(inode, size, modified);
  }

  get behind(): number {
    return this.#isDone ? 0 : this.size;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  get isDue(): boolean {
    return !this.#isDone && Date.now() - this.#openedAt >= SETTLED;
  }

  /** What was there before is not wanted. */
  async skip(): Promise<void> {
    const nothing = fingerprintOf(EMPTY);
    await this.#note(this.pipeline.ingest.open(), this.#state({ head: nothing, tail: nothing, offset: 0 }));
    await this.letGo();
  }

  /** Throws errors of the store only; a file that cannot be read is told, and tried again when it changes. */
  async read(stop: AbortSignal): Promise<void> {
    const { path } = this;
    this.#isReading = true;
    try {
      await this.#readOnce(this.handle, stop);
      this.#isDone = !stop.aborted;
      this.source.heal(`packed ${path}`);
    } catch (error) {
      if (error instanceof FlowatlasError) throw error;
      this.#isDone = true;
      const reason = `${path} cannot be read whole (${reasonOf(error)}); what could be read is kept`;
      this.source.complain(`packed ${path}`, reason);
    } finally {
      this.#isReading = false;
      if (this.#isDone) await this.letGo();
    }
  }

  /** The file is not wanted any more. */
  async letGo(): Promise<void> {
    this.#isDone = true;
    if (!this.#isReading) await this.handle.close();
  }

  async #readOnce(handle: FileHandle, stop: AbortSignal): Promise<void> {
    const head = await readHead(this.#inflated(handle));
    for (const [, state] of this.pipeline.known.beginningLike(head, this.inode)) {
      if (await this.#readBehind(state, handle, stop)) return;
    }
    await this.#readBehind(undefined, handle, stop);
  }

  /** False when this is not the log that was read before, or not as far; nothing is handed over then. */
  async #readBehind(known: LogState | undefined, handle: FileHandle, stop: AbortSignal): Promise<boolean> {
    const reader = new Skipper(known);
    const upload = this.pipeline.ingest.open(datingOf(this.modified));
    try {
      for await (const chunk of this.#inflated(handle)) {
        const fresh = reader.take(chunk);
        if (stop.aborted || fresh === 'other') return stop.aborted;
        this.source.bytesRead += fresh.length;
        if (fresh.length > 0) await upload.write(fresh);
      }
      if (!reader.isBehind) return false;
      const { offset, head, before } = reader;
      const state = this.#state({ head: fingerprintOf(head), tail: fingerprintOf(before), offset });
      this.source.add(await this.#note(upload, state), undefined);
      return true;
    } catch (error) {
      if (error instanceof Unreadable) this.source.add(await upload.end(), undefined);
      throw error;
    } finally {
      upload.abandon();
    }
  }

  async *#inflated(handle: FileHandle): AsyncGenerator<Buffer> {
    try {
      yield* decodeFile(piecesOf(handle, 0));
    } catch (error) {
      throw new Unreadable(reasonOf(error));
    }
  }

  async #note(upload: IngestUpload, state: LogState): Promise<IngestReport> {
    const id = KnownLogs.newId();
    const report = await upload.end([checkpointOf(id, state)]);
    this.pipeline.known.note(id, state);
    return report;
  }

  #state(place: Pick<LogState, 'head' | 'tail' | 'offset'>): LogState {
    const { path, inode, size, modified } = this;
    return { path, inode, ...place, packed: { size, modified } };
  }
}

class Unreadable extends Error {}

async function readHead(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  let head = EMPTY;
  for await (const chunk of chunks) {
    head = Buffer.concat([head, chunk]).subarray(0, PRINT_BYTES);
    if (head.length === PRINT_BYTES) break;
  }
  return head;
}

/** Passes over what is known of a log, and makes sure on the way that it is that log. */
class Skipper {
  offset = 0;
  head = EMPTY;
  before = EMPTY;

  constructor(private readonly known: LogState | undefined) {}

  /** The place to go on from was reached. */
  get isBehind(): boolean {
    return this.known === undefined || this.offset >= this.known.offset;
  }

  /** What of the chunk is new. */
  take(chunk: Buffer): Buffer | 'other' {
    const from = Math.max(0, Math.min(chunk.length, (this.known?.offset ?? 0) - this.offset));
    const reaches =
      this.known !== undefined && !this.isBehind && this.offset + chunk.length >= this.known.offset;
    this.#pass(chunk.subarray(0, from));
    if (reaches && !this.#endsAs(this.known)) return 'other';
    const fresh = chunk.subarray(from);
    this.#pass(fresh);
    return fresh;
  }

  #pass(bytes: Buffer): void {
    if (this.head.length < PRINT_BYTES) {
      this.head = Buffer.concat([this.head, bytes.subarray(0, PRINT_BYTES)]).subarray(0, PRINT_BYTES);
    }
    this.before = lastBytes(this.before, bytes);
    this.offset += bytes.length;
  }

  #endsAs({ tail }: LogState): boolean {
    return (
      this.before.length >= tail.bytes &&
      startsWith(this.before.subarray(this.before.length - tail.bytes), tail)
    );
  }
}
