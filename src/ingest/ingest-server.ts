import { setImmediate } from 'node:timers/promises';
import { FlowReader } from '../domain/flow/flow-reader.js';
import type { FlowWriter } from '../store/flow-store.js';
import { FlowScanner } from './flow-scanner.js';
import type { FromWriter, ToWriter } from './ingest-protocol.js';
import { IngestSession } from './ingest-session.js';

/** Flows of an upload that goes on for long are on disk, and on dashboards, after this many milliseconds. */
const OPEN_AT_MOST = 400;

/**
 * The side of ingest that runs in the writing thread: takes chunks of all open sessions in turn,
 * and answers a session only when everything it sent is on disk.
 */
export class IngestServer {
  readonly #reader = new FlowReader();
  readonly #scanner = new FlowScanner(this.#reader);
  readonly #sessions = new Map<number, IngestSession>();
  readonly #timer: NodeJS.Timeout;
  #commit: Promise<void> | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly writer: FlowWriter,
    private readonly send: (message: FromWriter) => void,
  ) {
    writer.onCommit = () => {
      send({ kind: 'committed' });
    };
    this.#timer = setInterval(() => {
      writer.commitAfter(OPEN_AT_MOST);
    }, OPEN_AT_MOST);
  }

  /** Messages are worked on one after another, in the order in which they came. */
  receive(message: ToWriter): void {
    this.#turn = this.#turn.then(() => this.#handle(message));
  }

  async #handle(message: ToWriter): Promise<void> {
    if (message.kind === 'close') {
      clearInterval(this.#timer);
      await this.writer.close().catch(() => undefined);
      this.send({ kind: 'closed' });
      return;
    }
    if (message.kind === 'open') {
      const session = new IngestSession(this.writer, this.#reader, this.#scanner, message.dating);
      this.#sessions.set(message.session, session);
      return;
    }
    const session = this.#sessions.get(message.session);
    if (session === undefined) return;
    if (message.kind === 'file') session.startFile(message.name);
    else if (message.kind === 'write') await this.#write(message.session, session, message.chunk);
    else {
      this.#sessions.delete(message.session);
      session.end();
      void this.#finish(message.session, session);
    }
  }

  async #write(id: number, session: IngestSession, chunk: Uint8Array): Promise<void> {
    session.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    await this.writer.ready();
    this.send({ kind: 'written', session: id });
  }

  async #finish(id: number, session: IngestSession): Promise<void> {
    let failure: unknown;
    try {
      await this.#commitTogether();
    } catch (error) {
      failure = error;
    }
    const report = session.report();
    if (failure === undefined && !session.hasLost) this.send({ kind: 'done', session: id, report });
    else this.send({ kind: 'failed', session: id, report, ...describe(failure) });
  }

  /** Sessions that end at the same time share one commit. */
  #commitTogether(): Promise<void> {
    this.#commit ??= setImmediate().then(() => {
      this.#commit = undefined;
      return this.writer.commit();
    });
    return this.#commit;
  }
}

function describe(failure: unknown): { code: 'insufficient_storage' | 'unavailable'; message: string } {
  const message = failure instanceof Error ? failure.message : 'another commit failed meanwhile';
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR') || code === 'ENOSPC') {
    return {
      code: 'insufficient_storage',
      message: `the flows could not be written (${message}); nothing of this body was acknowledged, send it again when there is room`,
    };
  }
  return { code: 'unavailable', message: `the flows could not be written (${message}); send them again` };
}
