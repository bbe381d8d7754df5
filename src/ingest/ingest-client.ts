import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { FlowatlasError } from '../domain/errors.js';
import type { Acknowledgement, PostedDigest } from '../domain/ledger/ledger.js';
import type { NumberedRecords, Removal } from '../store/flow-writer.js';
import type { Checkpoint, FromWriter, ToWriter } from './ingest-protocol.js';
import type { IngestReport, TextDating } from './ingest.schema.js';
import { Outbox, SpareParcels } from './outbox.js';

const LOST = new FlowatlasError('unavailable', 'some of what was sent before was lost; send it again');

interface Pending {
  outbox: Outbox;
  done: Waiting;
  /** Who asked for a commit, oldest first. */
  commits: Waiting[];
  /** Records of it that are counted as redacted. */
  redacted: number;
}

interface Waiting {
  resolve: (report: IngestReport) => void;
  reject: (error: FlowatlasError) => void;
}

/** The side of ingest that runs in the main thread: hands bytes over with back-pressure. */
export class IngestClient {
  readonly #events = new EventEmitter();
  readonly #pending = new Map<number, Pending>();
  readonly #spare = new SpareParcels();
  readonly #notes = new Map<number, (failure: FlowatlasError | undefined) => void>();
  #lastSession = 0;
  #lastRequest = 0;
  #redacted = 0;
  #death: FlowatlasError | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly rules: readonly string[],
  ) {
    worker.on('message', (message: FromWriter) => {
      this.#receive(message);
    });
    worker.on('error', (error) => {
      this.#die(error);
    });
  }

  /** Rejects with the operator's words when the database cannot be used. */
  static async start(worker: Worker): Promise<IngestClient> {
    const [message] = (await once(worker, 'message')) as [FromWriter];
    if (message.kind === 'refused') throw new Error(message.message);
    return new IngestClient(worker, message.kind === 'ready' ? message.redaction : []);
  }

  /** Called after every commit, with records of some of its drops; what was committed can be read then. */
  onCommitted(listener: (dropped: NumberedRecords) => void): void {
    this.#events.on('committed', listener);
  }

  /** Called when flows were removed. */
  onRemoved(listener: (removal: Removal) => void): void {
    this.#events.on('removed', listener);
  }

  /** Called when flows could not be stored; a commit after it tells that they can. */
  onFailed(listener: (error: FlowatlasError) => void): void {
    this.#events.on('failed', listener);
  }

  /** Called when flows could not be removed, or blocks not merged, with words for the operator. */
  onTrouble(listener: (message: string) => void): void {
    this.#events.on('trouble', listener);
  }

  /** False when the writing thread died: nothing can be stored until a restart. */
  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /** By which rules records are redacted, and how many were, as the reports since the start tell. */
  get redaction(): { rules: readonly string[]; records: number } {
    return { rules: this.rules, records: this.#redacted };
  }

  open({ year, written }: TextDating = {}): IngestUpload {
    if (this.#death !== undefined) throw this.#death;
    const session = ++this.#lastSession;
    const notAfter = written === undefined ? Date.now() : Date.parse(written);
    const notAfterIs = written === undefined ? 'the time of arrival' : 'the date of the file';
    this.#send({ kind: 'open', session, dating: { year, notAfter, notAfterIs } });
    const outbox = new Outbox(this.#spare, (parcel, length) => {
      this.worker.postMessage({ kind: 'write', session, parcel, length } satisfies ToWriter, [parcel]);
    });
    const done = new Promise<IngestReport>((resolve, reject) => {
      this.#pending.set(session, { outbox, commits: [], redacted: 0, done: { resolve, reject } });
    });
    done.catch(() => undefined);
    return {
      startFile: (name) => {
        outbox.flush();
        this.#send({ kind: 'file', session, name });
      },
      write: (chunk) => (this.#pending.has(session) ? outbox.write(chunk) : Promise.resolve()),
      commit: (checkpoints = []) => this.#commit(session, checkpoints),
      end: (checkpoints = []) => {
        outbox.flush();
        this.#send({ kind: 'end', session, checkpoints });
        return done;
      },
      abandon: () => {
        fail(this.#take(session), LOST);
        this.#send({ kind: 'abandon', session });
      },
    };
  }

  /** Resolves when it is on disk. */
  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): Promise<void> {
    return this.#note((request) => ({ kind: 'acknowledge', request, edge, acknowledgement }));
  }

  /** Notes that news of the ledger were posted; resolves when that is on disk. */
  noteDigest(posted: PostedDigest): Promise<void> {
    return this.#note((request) => ({ kind: 'digested', request, posted }));
  }

  async #note(message: (request: number) => ToWriter): Promise<void> {
    if (this.#death !== undefined) throw this.#death;
    const request = ++this.#lastRequest;
    const failure = await new Promise<FlowatlasError | undefined>((resolve) => {
      this.#notes.set(request, resolve);
      this.#send(message(request));
    });
    if (failure !== undefined) throw failure;
  }

  /** Everything handed over is stored, then the thread ends. */
  async close(): Promise<void> {
    if (this.isAlive) {
      this.#send({ kind: 'close' });
      await once(this.#events, 'closed');
    }
    await this.worker.terminate();
  }

  #commit(session: number, checkpoints: readonly Checkpoint[]): Promise<IngestReport> {
    const pending = this.#pending.get(session);
    if (pending === undefined) return Promise.reject(this.#death ?? LOST);
    pending.outbox.flush();
    this.#send({ kind: 'commit', session, checkpoints });
    return new Promise((resolve, reject) => pending.commits.push({ resolve, reject }));
  }

  #send(message: ToWriter): void {
    this.worker.postMessage(message);
  }

  #receive(message: FromWriter): void {
    if (message.kind === 'written') {
      this.#pending.get(message.session)?.outbox.read(message.parcel);
    } else if (message.kind === 'kept') this.#reported(message)?.commits.shift()?.resolve(message.report);
    else if (message.kind === 'done') {
      this.#reported(message);
      this.#take(message.session)?.done.resolve(message.report);
    } else if (message.kind === 'failed') {
      const { code, message: text, report } = message;
      this.#reported(message);
      this.#events.emit('failed', new FlowatlasError(code, text));
      fail(this.#take(message.session), new FlowatlasError(code, text, undefined, { report }));
    } else if (message.kind === 'noted') {
      const { request, failure } = message;
      this.#notes.get(request)?.(failure && new FlowatlasError(failure.code, failure.message));
      this.#notes.delete(request);
    } else if (message.kind === 'removed') this.#events.emit('removed', message.removal);
    else if (message.kind === 'trouble') this.#events.emit('trouble', message.message);
    else if (message.kind === 'committed') this.#events.emit('committed', message.dropped);
    else if (message.kind === 'closed') this.#events.emit('closed');
  }

  /** Reports of a session add up: what is new in this one is counted. */
  #reported({ session, report }: { session: number; report: IngestReport }): Pending | undefined {
    const pending = this.#pending.get(session);
    if (pending === undefined) return undefined;
    const { redacted = 0 } = report;
    this.#redacted += redacted - pending.redacted;
    pending.redacted = redacted;
    return pending;
  }

  #take(session: number): Pending | undefined {
    const pending = this.#pending.get(session);
    this.#pending.delete(session);
    return pending;
  }

  /** An error that nobody expected: whoever waits is told, and nothing more is accepted. */
  #die(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#death = new FlowatlasError(
      'unavailable',
      `the writing thread died (${message}); restart the server`,
    );
    for (const pending of this.#pending.values()) fail(pending, this.#death);
    this.#pending.clear();
    for (const resolve of this.#notes.values()) resolve(this.#death);
    this.#notes.clear();
    this.#events.emit('failed', this.#death);
    this.#events.emit('closed');
  }
}

function fail(pending: Pending | undefined, error: FlowatlasError): void {
  if (pending === undefined) return;
  pending.outbox.close();
  for (const { reject } of pending.commits) reject(error);
  pending.done.reject(error);
}

/** One body, or one source that goes on for long, under way into the store. */
export interface IngestUpload {
  startFile(name: string): void;
  /** Takes a copy of the chunk; resolves when more may be sent. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Resolves with the report so far when everything sent is on disk, and the checkpoints in the same
   * transaction or a later one. Waits for the next regular commit. When it rejects, the upload is over.
   */
  commit(checkpoints?: readonly Checkpoint[]): Promise<IngestReport>;
  /** Resolves when everything sent is on disk, and the checkpoints with it. */
  end(checkpoints?: readonly Checkpoint[]): Promise<IngestReport>;
  /** Nothing more will come and nobody waits; what was read stays, a line that is not whole is forgotten. */
  abandon(): void;
}
