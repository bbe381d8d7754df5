import { getHeapStatistics } from 'node:v8';
import { Recent } from '../domain/recent.js';
import type { Viewer } from '../domain/viewer.js';
import type { LiveQuestion } from './live-question.js';

/** Questions kept although nobody asks them just now, so that a client that lost its connection can resume. */
const MOST_KEPT = 64;
/** Of a part: an edge of a map of pods, with what counts its flows. */
const BYTES = 2 << 10;
/** Parts of all that are kept: a quarter of the heap, so half a million of 4 GB. */
const MOST_PARTS = Math.floor(getHeapStatistics().heap_size_limit / 4 / BYTES);

/** One answer for everybody who asks the same: work and memory grow with questions, not with clients. */
export class KeptQuestions<Q extends Pick<LiveQuestion, 'parts'>> {
  readonly #questions = new Recent<string, Q>(MOST_KEPT);

  constructor(private readonly mostParts = MOST_PARTS) {}

  /** The one that was asked longest ago makes room; of many parts, the large ones. */
  ask(key: string, make: () => Q): Q {
    const asked = this.#questions.get(key) ?? this.#questions.put(key, make());
    this.#makeRoom(asked);
    return asked;
  }

  /** Their parts are counted now, as their number changes while they are kept. */
  #makeRoom(asked: Q): void {
    const kept = [...this.#questions.entries()];
    let left = this.mostParts - kept.reduce((sum, [, { parts }]) => sum + parts, 0);
    for (const [key, question] of kept) {
      if (left >= 0) return;
      const isSmall = question.parts < this.mostParts / MOST_KEPT;
      if (isSmall || question === asked) continue;
      this.#questions.delete(key);
      left += question.parts;
    }
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
