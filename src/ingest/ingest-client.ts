import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { FlowatlasError } from '../domain/errors.js';
import type { FromWriter, ToWriter } from './ingest-protocol.js';
import type { IngestReport, TextDating } from './ingest.schema.js';

/** Chunks of a session under way to the writing thread, before its sender has to wait. */
const MOST_UNREAD = 4;

interface Pending {
  unread: number;
  room: (() => void)[];
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
      this.#pending.set(session, { unread: 0, room: [], resolve, reject });
    });
    done.catch(() => undefined);
    return {
      startFile: (name) => {
        this.#send({ kind: 'file', session, name });
      },
      write: (chunk) => this.#write(session, chunk),
      end: () => {
        this.#send({ kind: 'end', session });
        return done;
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

  #send(message: ToWriter): void {
    this.worker.postMessage(message);
  }

  #receive(message: FromWriter): void {
    if (message.kind === 'written') {
      const pending = this.#pending.get(message.session);
      if (pending === undefined) return;
      pending.unread--;
      pending.room.shift()?.();
    } else if (message.kind === 'done') this.#take(message.session)?.resolve(message.report);
    else if (message.kind === 'failed') {
      const { code, message: text, report } = message;
      this.#take(message.session)?.reject(new FlowatlasError(code, text, undefined, { report }));
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
    for (const { room, reject } of this.#pending.values()) {
      for (const go of room) go();
      reject(this.#death);
    }
    this.#pending.clear();
    this.#events.emit('closed');
  }
}

/** One body under way into the store. */
export interface IngestUpload {
  startFile(name: string): void;
  /** Resolves when more may be sent. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when everything sent is on disk. */
  end(): Promise<IngestReport>;
}
