import type { Feed } from './feed.js';

/** Rings after each commit, and when the following ends; a ring that nobody waits for is not lost. */
export class Bell {
  readonly stop: () => void;
  #isRung = false;
  #answer: () => void = () => undefined;

  constructor(feed: Feed, signal: AbortSignal) {
    const ring = () => {
      this.#isRung = true;
      this.#answer();
    };
    const unfollow = feed.follow(ring);
    signal.addEventListener('abort', ring);
    this.stop = () => {
      unfollow();
      signal.removeEventListener('abort', ring);
    };
  }

  async rung(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#answer = resolve));
    this.#isRung = false;
  }
}
