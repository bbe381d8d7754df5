import type { MessagePort, Worker } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import type { KeepLimits, Removal } from '../flow-writer.js';
import type { FilledSegment, Sealed, TextChunk } from './filled-segment.js';
import type { Keeper, KeeperNews } from './keeper.js';
import type { FromKeeper, Question, ToKeeper } from './keeper-protocol.js';

interface Asked {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** A keeper in another thread. What is large is moved there, not copied: whoever hands it over has it no more. */
export class KeeperClient implements Keeper {
  readonly #asked = new Map<number, Asked>();
  #last = 0;

  constructor(
    private readonly thread: Worker | MessagePort,
    /** The connection that reads what the keeper writes; closed before the keeper's, which then empties the log. */
    private readonly reading: Database.Database,
    private readonly news: KeeperNews,
  ) {
    thread.on('message', (message: FromKeeper) => {
      this.#receive(message);
    });
  }

  store(sealed: Sealed): Promise<void> {
    return this.#ask({ kind: 'store', sealed }, sealed.segment && buffersOf(sealed.segment));
  }

  addTexts(chunk: TextChunk): void {
    this.#send({ kind: 'texts', chunk }, [chunk.bytes.buffer as ArrayBuffer]);
  }

  resume(): void {
    this.#send({ kind: 'resume' });
  }

  tend(): void {
    this.#send({ kind: 'tend' });
  }

  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): Promise<void> {
    return this.#ask({ kind: 'acknowledge', edge, acknowledgement });
  }

  noteDigest(posted: PostedDigest): Promise<void> {
    return this.#ask({ kind: 'digest', posted });
  }

  trim(limits: KeepLimits): Promise<Removal | undefined> {
    return this.#ask({ kind: 'trim', limits });
  }

  merge(limits: KeepLimits): Promise<boolean> {
    return this.#ask({ kind: 'merge', limits });
  }

  close(): Promise<void> {
    this.reading.close();
    return this.#ask({ kind: 'close' });
  }

  #ask<T>(question: Question, moved?: readonly ArrayBuffer[]): Promise<T> {
    const request = ++this.#last;
    const answer = new Promise<T>((resolve, reject) => {
      this.#asked.set(request, { resolve, reject });
    });
    this.#send({ kind: 'ask', request, question }, moved);
    return answer;
  }

  #send(message: ToKeeper, moved: readonly ArrayBuffer[] = []): void {
    this.thread.postMessage(message, moved);
  }

  #receive(message: FromKeeper): void {
    if (message.kind === 'done') this.#take(message.request)?.resolve(message.answer as never);
    else if (message.kind === 'failed') this.#take(message.request)?.reject(errorOf(message));
    else if (message.kind === 'merged') this.news.merged(message.firstSeq, message.flows, message.slices);
    else if (message.kind === 'removed') this.news.removed(message.firstSeq, message.flows);
    else if (message.kind === 'delay') this.news.delay(message.message);
  }

  #take(request: number): Asked | undefined {
    const asked = this.#asked.get(request);
    this.#asked.delete(request);
    return asked;
  }
}

function errorOf({ message, code }: { message: string; code: string | undefined }): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

/** All that is large; each array has one of its own. */
function buffersOf({ keys, columns, dictionary }: FilledSegment): ArrayBuffer[] {
  const { l7, ...others } = columns;
  const lines = dictionary.map(({ lines }) => lines);
  const arrays = [keys, ...lines, ...Object.values(others), ...Object.values({ ...l7 })] as Uint8Array[];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
