import { SingleBar } from 'cli-progress';
import type { Input } from './input.js';

/** Milliseconds: what is done sooner needs no bar. */
const WORTH_SHOWING = 1_000;

/** What an input has, with a bar for how much of it was read. */
export async function* measured({ pieces, bytes }: Input): AsyncGenerator<Buffer> {
  const progress = new Progress('MB');
  let read = 0;
  try {
    for await (const piece of pieces) {
      yield piece;
      progress.update((read += piece.length) / 1e6, bytes / 1e6);
    }
  } finally {
    progress.stop();
  }
}

/** A bar on a terminal for what takes more than a second; where the end is not known, a count. */
export class Progress {
  readonly #since = performance.now();
  #bar: SingleBar | undefined;

  constructor(private readonly unit: string) {}

  update(done: number, total = 0): void {
    if (this.#bar === undefined) {
      if (!process.stderr.isTTY || performance.now() - this.#since < WORTH_SHOWING) return;
      const format =
        total === 0
          ? `{value} ${this.unit}`
          : `{bar} {percentage} % | {value}/{total} ${this.unit} | {eta_formatted} left`;
      this.#bar = new SingleBar({ format, hideCursor: true });
      this.#bar.start(Math.round(total), 0);
    }
    if (total > 0) this.#bar.setTotal(Math.round(total));
    this.#bar.update(Math.round(done));
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
