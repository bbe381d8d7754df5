import { asError } from '../domain/errors.js';
import type { LiveQuestion, Turn } from '../feed/live-question.js';

/** Flows that the answer may lack while they come thick: to read so many takes whoever asks next half a second. */
const MOST_UNREAD = 1 << 18;

/**
 * Keeps an answer near to what is stored, although nobody listens: whoever opens a dashboard first finds it made. While
 * flows come thick, it waits for a pause: those who send them wait for an answer, and nobody for this.
 */
export class KeptNear {
  #isBehind = false;
  #reading: Promise<void> | undefined;
  #trouble: Error | undefined;

  constructor(
    /** It may be another one later: questions that were asked long ago are forgotten. */
    private readonly question: () => LiveQuestion,
    /** Number of the last flow on disk. */
    private readonly lastSeq: () => number,
    /** Comes between two stretches of work. */
    private readonly turn: Turn,
  ) {}

  /** What kept it from reading the last time. */
  get trouble(): Error | undefined {
    return this.#trouble;
  }

  /** Comes again and again; with news when there is more on disk than the last time. */
  tick(news: boolean): void {
    this.#isBehind ||= news;
    if (!this.#isBehind || this.#reading !== undefined) return;
    const question = this.question();
    if (news && this.lastSeq() - question.seq < MOST_UNREAD) return;
    this.#isBehind = false;
    this.#reading = this.#read(question).finally(() => {
      this.#reading = undefined;
    });
  }

  async #read(question: LiveQuestion): Promise<void> {
    try {
      await question.keepNear(this.turn);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = asError(error);
      this.#isBehind = true;
    }
  }

  /** When nothing is read any more. */
  async idle(): Promise<void> {
    await this.#reading;
  }
}
