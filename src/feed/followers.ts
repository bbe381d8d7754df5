import { FlowatlasError } from '../domain/errors.js';

/** Those who follow at the same time: each costs a look at the store after every commit. */
const MOST = 256;
const RETRY = { retryAfterSeconds: 10 };

/** Streams that go on with what comes, until whoever reads has gone or the server stops. */
export class Followers {
  readonly #stopping = new AbortController();
  #count = 0;

  async seat(gone: AbortSignal, follow: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#count >= MOST)
      throw new FlowatlasError('unavailable', `${MOST} streams are followed already`, undefined, RETRY);
    this.#count++;
    try {
      await follow(AbortSignal.any([gone, this.#stopping.signal]));
    } finally {
      this.#count--;
    }
  }

  /** Those who follow would keep the server from ending. */
  stop(): void {
    this.#stopping.abort();
  }
}
