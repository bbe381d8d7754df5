import { asError } from '../domain/errors.js';
import type { LiveQuestion, Turn } from '../feed/live-question.js';

/** Milliseconds that the answer may be behind what is stored, while nobody asks for it. */
const LONGEST_BEHIND = 5_000;

/**
 * Keeps an answer near to what is stored, although nobody listens: whoever opens a dashboard first finds it made. While
 * flows come thick, it waits for a pause: those who send them wait for an answer, and nobody for this.
 */
export class KeptNear {
  #behindSince: number | undefined;
  #reading: Promise<void> | undefined;
  #trouble: Error | undefined;

  constructor(
    /** It may be another one later: questions that were asked long ago are forgotten. */
    private readonly question: () => LiveQuestion,
    /** Comes between two stretches of work. */
    private readonly turn: Turn,
    /** Milliseconds that only ever grow, whatever is done to the clock. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** What kept it from reading the last time. */
  get trouble(): Error | undefined {
    return this.#trouble;
  }

  /** Comes again and again; with news when there is more on disk than the last time. */
  tick(news: boolean): void {
    if (news) this.#behindSince ??= this.elapsed();
    if (this.#behindSince === undefined || this.#reading !== undefined) return;
    if (news && this.elapsed() - this.#behindSince < LONGEST_BEHIND) return;
    this.#behindSince = undefined;
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
    });
  }

  async #read(): Promise<void> {
    try {
      await this.question().keepNear(this.turn);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = asError(error);
      this.#behindSince ??= this.elapsed();
    }
  }

  /** When nothing is read any more. */
  async idle(): Promise<void> {
    await this.#reading;
  }
}
