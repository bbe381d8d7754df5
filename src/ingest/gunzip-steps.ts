import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { DamagedBody, type Steps } from './decoder-steps.js';

/** Large pieces: inflating 256 KiB at a time is nearly twice as fast as the default of 16 KiB. */
const STEP = { chunkSize: 256 << 10 };

/** Of all members of a gzip file, by Node's zlib, which looks at their checksums. */
export class GunzipSteps implements Steps {
  /** Deflate makes at most 1,032 times as much of it: 16 MiB. */
  readonly stepBytes = 16 << 10;
  readonly #stream = createGunzip(STEP);
  #take: (bytes: Buffer) => void = () => undefined;
  #fault: { error: unknown } | undefined;
  #wake: () => void = () => undefined;
  #started: Promise<unknown> | undefined;

  constructor() {
    const stream = this.#stream;
    stream.on('data', (bytes: Buffer) => {
      try {
        if (this.#fault === undefined) this.#take(bytes);
      } catch (error) {
        this.#fault = { error };
      }
    });
    stream.on('error', ({ message }) => {
      this.#fault ??= { error: new DamagedBody(message) };
    });
    stream.on('close', () => {
      this.#wake();
    });
  }

  async decode(bytes: Buffer, take: (bytes: Buffer) => void): Promise<void> {
    // The stream flows from the next turn on: until then it would keep what it has, and lose it by a fault.
    await (this.#started ??= setImmediate());
    await this.#step(take, (done) => this.#stream.write(bytes, done));
  }

  end(take: (bytes: Buffer) => void): Promise<void> {
    // Ends with `close`, with and without a fault.
    return this.#step(take, () => this.#stream.end());
  }

  close(): void {
    this.#stream.destroy();
  }

  async #step(take: (bytes: Buffer) => void, work: (done: () => void) => unknown): Promise<void> {
    this.#take = take;
    if (!this.#stream.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        work(resolve);
      });
    }
    if (this.#fault !== undefined) throw this.#fault.error;
  }
}
