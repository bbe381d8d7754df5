import { Recent } from '../domain/recent.js';
import type { Viewer } from '../domain/viewer.js';

/** Questions kept although nobody asks them just now, so that a client that lost its connection can resume. */
const MOST_KEPT = 64;

/** One answer for everybody who asks the same: work and memory grow with questions, not with clients. */
export class KeptQuestions<Q> {
  readonly #questions = new Recent<string, Q>(MOST_KEPT);

  /** The one that was asked longest ago makes room. */
  ask(key: string, make: () => Q): Q {
    return this.#questions.get(key) ?? this.#questions.put(key, make());
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
