import type { Viewer } from '../domain/viewer.js';

/** Questions kept although nobody asks them just now, so that a client that lost its connection can resume. */
const MOST_KEPT = 64;

/** One answer for everybody who asks the same: work and memory grow with questions, not with clients. */
export class KeptQuestions<Q> {
  readonly #questions = new Map<string, Q>();

  /** The one that was asked longest ago makes room. */
  ask(key: string, make: () => Q): Q {
    const question = this.#questions.get(key) ?? make();
    this.#questions.delete(key);
    this.#questions.set(key, question);
    for (const oldest of this.#questions.keys()) {
      if (this.#questions.size <= MOST_KEPT) break;
      this.#questions.delete(oldest);
    }
    return question;
  }
}

/** The same for the same words in any order. */
export function questionKey(
  viewer: Viewer,
  words: ReadonlyMap<string, readonly string[]>,
  ...rest: readonly unknown[]
): string {
  const sorted = [...words].map(([name, values]) => [name, [...values].sort()] as const);
  sorted.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([viewer, sorted, ...rest]);
}
