import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { FlowatlasError } from '../domain/errors.js';
import type { FromWriter, ToWriter } from './ingest-protocol.js';
import type { IngestReport } from './ingest.schema.js';

/** Chunks of a session under way to the writing thread, before its sender has to wait. */
const MOST_UNREAD = 4;

interface Pending {
  unread: number;
  room: (() => void)[];
  settle: (outcome: FromWriter & { kind: 'done' | 'failed' }) => void;
}

/** The side of ingest that runs in the main thread: hands bytes over with back-pressure. */
export class IngestClient {
  readonly #events = new EventEmitter();
  readonly #pending = new Map<number, Pending>();
  #lastSession = 0;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (message: FromWriter) => {
      this.#receive(message);
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

  /** The writing thread died: nothing can be stored any more. */
  onDeath(listener: (error: unknown) => void): void {
    this.worker.on('error', listener);
  }

  open(): IngestUpload {
    const session = ++this.#lastSession;
    this.#send({ kind: 'open', session });
    const done = new Promise<IngestReport>((resolve, reject) => {
      const settle = (outcome: FromWriter & { kind: 'done' | 'failed' }) => {
        if (outcome.kind === 'done') resolve(outcome.report);
        else reject(new FlowatlasError(outcome.code, outcome.message, undefined, { report: outcome.report }));
      };
      this.#pending.set(session, { unread: 0, room: [], settle });
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
      abort: () => {
        this.#pending.delete(session);
        this.#send({ kind: 'abort', session });
      },
    };
  }

  /** Everything handed over is stored, then the thread ends. */
  async close(): Promise<void> {
    this.#send({ kind: 'close' });
    await once(this.#events, 'closed');
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
    } else if (message.kind === 'done' || message.kind === 'failed') {
      this.#pending.get(message.session)?.settle(message);
      this.#pending.delete(message.session);
    } else if (message.kind === 'committed' || message.kind === 'closed') this.#events.emit(message.kind);
  }
}

/** One body under way into the store. */
export interface IngestUpload {
  startFile(name: string): void;
  /** Resolves when more may be sent. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when everything sent is on disk. */
  end(): Promise<IngestReport>;
  /** The sender hung up; nobody waits for an answer. */
  abort(): void;
}
