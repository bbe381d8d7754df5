import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { FlowatlasError } from '../domain/errors.js';
import type { Checkpoint, FromWriter, ToWriter } from './ingest-protocol.js';
import type { IngestReport, TextDating } from './ingest.schema.js';

/** Chunks of a session under way to the writing thread, before its sender has to wait. */
const MOST_UNREAD = 4;

const LOST = new FlowatlasError('unavailable', 'some of what was sent before was lost; send it again');

interface Pending {
  unread: number;
  room: (() => void)[];
  done: Waiting;
  /** Who asked for a commit, oldest first. */
  commits: Waiting[];
}

interface Waiting {
  resolve: (report: IngestReport) => void;
  reject: (error: FlowatlasError) => void;
}

/** The side of ingest that runs in the main thread: hands bytes over with back-pressure. */
export class IngestClient {
  readonly #events = new EventEmitter();
  readonly #pending = new Map<number, Pending>();
  #lastSession = 0;
  #death: FlowatlasError | undefined;

  private constructor(private readonly worker: Worker) {
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
    return new IngestClient(worker);
  }

  /** Called after every commit; what was committed can be read then. */
  onCommitted(listener: () => void): void {
    this.#events.on('committed', listener);
  }

  /** False when the writing thread died: nothing can be stored until a restart. */
  get isAlive(): boolean {
    return this.#death === undefined;
  }

  open({ year, written }: TextDating = {}): IngestUpload {
    if (this.#death !== undefined) throw this.#death;
    const session = ++this.#lastSession;
    const notAfter = written === undefined ? Date.now() : Date.parse(written);
    const notAfterIs = written === undefined ? 'the time of arrival' : 'the date of the file';
    this.#send({ kind: 'open', session, dating: { year, notAfter, notAfterIs } });
    const done = new Promise<IngestReport>((resolve, reject) => {
      this.#pending.set(session, { unread: 0, room: [], commits: [], done: { resolve, reject } });
    });
    done.catch(() => undefined);
    return {
      startFile: (name) => {
        this.#send({ kind: 'file', session, name });
      },
      write: (chunk) => this.#write(session, chunk),
      commit: (checkpoints = []) => this.#commit(session, checkpoints),
      end: (checkpoints = []) => {
        this.#send({ kind: 'end', session, checkpoints });
        return done;
      },
      abandon: () => {
        fail(this.#take(session), LOST);
        this.#send({ kind: 'abandon', session });
      },
    };
  }

  /** Everything handed over is stored, then the thread ends. */
  async close(): Promise<void> {
    if (this.isAlive) {
      this.#send({ kind: 'close' });
      await once(this.#events, 'closed');
    }
    await this.worker.terminate();
  }

  async #write(session: number, chunk: Uint8Array): Promise<void> {
    const pending = this.#pending.get(session);
    if (pending === undefined) return;
    pending.unread++;
    this.#send({ kind: 'write', session, chunk });
    if (pending.unread >= MOST_UNREAD) await new Promise<void>((resolve) => pending.room.push(resolve));
  }

  #commit(session: number, checkpoints: readonly Checkpoint[]): Promise<IngestReport> {
    const pending = this.#pending.get(session);
    if (pending === undefined) return Promise.reject(this.#death ?? LOST);
    this.#send({ kind: 'commit', session, checkpoints });
    return new Promise((resolve, reject) => pending.commits.push({ resolve, reject }));
  }

  #send(message: ToWriter): void {
    this.worker.postMessage(message);
  }

  #receive(message: FromWriter): void {
    if (message.kind === 'written') {
      const pending = this.#pending.get(message.session);
      if (pending === undefined) return;
      pending.unread--;
      pending.room.shift()?.();
    } else if (message.kind === 'kept')
      this.#pending.get(message.session)?.commits.shift()?.resolve(message.report);
    else if (message.kind === 'done') this.#take(message.session)?.done.resolve(message.report);
    else if (message.kind === 'failed') {
      const { code, message: text, report } = message;
      fail(this.#take(message.session), new FlowatlasError(code, text, undefined, { report }));
    } else if (message.kind === 'committed' || message.kind === 'closed') this.#events.emit(message.kind);
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
    this.#events.emit('closed');
  }
}

function fail(pending: Pending | undefined, error: FlowatlasError): void {
  if (pending === undefined) return;
  for (const go of pending.room) go();
  for (const { reject } of pending.commits) reject(error);
  pending.done.reject(error);
}

/** One body, or one source that goes on for long, under way into the store. */
export interface IngestUpload {
  startFile(name: string): void;
  /** Resolves when more may be sent. */
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
