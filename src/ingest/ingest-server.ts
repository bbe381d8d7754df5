import { setImmediate } from 'node:timers/promises';
import { damagedDatabase, type ErrorCode } from '../domain/errors.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import type { FlowWriter, KeepLimits } from '../store/flow-writer.js';
import { FlowScanner } from './flow-scanner.js';
import type { FromWriter, ToWriter } from './ingest-protocol.js';
import { IngestSession } from './ingest-session.js';
import { Pairing } from '../domain/pairing.js';
import { Namer } from './namer.js';

/** Flows of an upload that goes on for long are on disk, and on dashboards, after this many milliseconds. */
const OPEN_AT_MOST = 400;
/** What became too old is looked for so often, in milliseconds, and after commits. */
const TRIM_EVERY = 60_000;
/** Milliseconds before a removal, or a merge, that failed is tried again. */
const TRIM_AGAIN = 10_000;
const MERGE_AGAIN = 60_000;

/**
 * The side of ingest that runs in the writing thread: takes chunks of all open sessions in turn,
 * and answers a session only when everything it sent is on disk.
 */
export class IngestServer {
  readonly #reader = new FlowReader();
  readonly #scanner = new FlowScanner(this.#reader);
  readonly #namer = new Namer();
  readonly #pairing = new Pairing();
  readonly #sessions = new Map<number, IngestSession>();
  readonly #timer: NodeJS.Timeout;
  /** Sessions that asked to be told of the next commit, which they share: many small ones make reading slow. */
  #waiting: number[] = [];
  #commit: Promise<void> | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** When to look for what is to be removed and to be merged, and whether that goes on. */
  #trimAt = 0;
  #trimFailed = false;
  #mergeAt = 0;
  #isTidying = false;

  constructor(
    private readonly writer: FlowWriter,
    private readonly send: (message: FromWriter) => void,
    private readonly limits: KeepLimits = {},
    private readonly redactor?: Redactor,
  ) {
    writer.onCommit = (dropped) => {
      if (!this.#trimFailed) this.#trimAt = 0;
      send({ kind: 'committed', dropped });
    };
    writer.onDelay = (message) => {
      send({ kind: 'trouble', message });
    };
    this.#timer = setInterval(() => {
      writer.commitAfter(OPEN_AT_MOST);
      void this.#answerWaiting();
      if (!this.#isTidying) void this.#tidy();
    }, OPEN_AT_MOST);
  }

  async #tidy(): Promise<void> {
    this.#isTidying = true;
    if (Date.now() >= this.#trimAt) await this.#trim();
    if (Date.now() >= this.#mergeAt) await this.#merge();
    this.#isTidying = false;
  }

  async #merge(): Promise<void> {
    try {
      await this.writer.merge(this.limits);
    } catch (error) {
      this.#mergeAt = Date.now() + MERGE_AGAIN;
      this.#tellTrouble('small blocks could not be merged', error);
    }
  }

  #tellTrouble(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.send({ kind: 'trouble', message: `${what} (${reason}); it is tried again` });
  }

  async #trim(): Promise<void> {
    const { keepFor, keepBytes } = this.limits;
    this.#trimAt = Date.now() + Math.min(TRIM_EVERY, keepFor ?? TRIM_EVERY);
    if (keepFor === undefined && keepBytes === undefined) return;
    try {
      const removal = await this.writer.trim(this.limits);
      this.#trimFailed = false;
      if (removal !== undefined) this.send({ kind: 'removed', removal });
    } catch (error) {
      this.#trimFailed = true;
      this.#trimAt = Date.now() + TRIM_AGAIN;
      this.#tellTrouble('old flows could not be removed', error);
    }
  }

  /** Messages are worked on one after another, in the order in which they came. */
  receive(message: ToWriter): void {
    this.#turn = this.#turn.then(() => this.#handle(message));
  }

  async #handle(message: ToWriter): Promise<void> {
    if (message.kind === 'close') {
      clearInterval(this.#timer);
      await this.#answerWaiting();
      await this.writer.close().catch(() => undefined);
      this.send({ kind: 'closed' });
      return;
    }
    if (message.kind === 'acknowledge' || message.kind === 'digested') {
      await this.#note(message);
      return;
    }
    if (message.kind === 'open') {
      const session = new IngestSession(
        this.writer,
        this.#reader,
        this.#scanner,
        message.dating,
        this.redactor,
        this.#namer,
        this.#pairing,
      );
      this.#sessions.set(message.session, session);
      return;
    }
    const session = this.#sessions.get(message.session);
    if (session === undefined) return;
    if (message.kind === 'file') session.startFile(message.name);
    else if (message.kind === 'write') await this.#write(session, message);
    else if (message.kind === 'commit') {
      session.note(message.checkpoints);
      this.#waiting.push(message.session);
    } else if (message.kind === 'abandon') this.#sessions.delete(message.session);
    else {
      this.#sessions.delete(message.session);
      session.end();
      session.note(message.checkpoints);
      void this.#finish(message.session, session);
    }
  }

  async #note(message: Note): Promise<void> {
    const { request } = message;
    try {
      if (message.kind === 'digested') await this.writer.noteDigest(message.posted);
      else await this.writer.acknowledge(message.edge, message.acknowledgement);
      this.send({ kind: 'noted', request });
    } catch (error) {
      this.send({ kind: 'noted', request, failure: describe(error) });
    }
  }

  async #write(session: IngestSession, { session: id, parcel, length }: Written): Promise<void> {
    session.write(Buffer.from(parcel, 0, length));
    await this.writer.ready();
    this.send({ kind: 'written', session: id, parcel });
  }

  async #finish(id: number, session: IngestSession): Promise<void> {
    this.#answer('done', id, session, await this.#tryCommit());
  }

  async #answerWaiting(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    const failure = await this.#tryCommit();
    for (const id of waiting) {
      const session = this.#sessions.get(id);
      if (session !== undefined) this.#answer('kept', id, session, failure);
    }
  }

  #answer(kind: 'kept' | 'done', id: number, session: IngestSession, failure: unknown): void {
    if (failure === undefined && !session.hasLost) {
      this.send({ kind, session: id, report: session.report() });
      return;
    }
    this.#sessions.delete(id);
    this.send({ kind: 'failed', session: id, report: session.reportOfLoss(), ...describe(failure) });
  }

  async #tryCommit(): Promise<unknown> {
    try {
      await this.#commitTogether();
      return undefined;
    } catch (error) {
      return error;
    }
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

type Note = Extract<ToWriter, { kind: 'acknowledge' | 'digested' }>;
type Written = Extract<ToWriter, { kind: 'write' }>;

function describe(failure: unknown): { code: ErrorCode; message: string } {
  const message = failure instanceof Error ? failure.message : 'another commit failed meanwhile';
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damagedDatabase(message);
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR') || code === 'ENOSPC') {
    return {
      code: 'insufficient_storage',
      message: `the flows could not be written (${message}); nothing of this body was acknowledged, send it again when there is room`,
    };
  }
  return { code: 'unavailable', message: `the flows could not be written (${message}); send them again` };
}
