import type { TimeRun } from './time-runs.js';

/** Which segments have a run with the second asked for; the same answer holds for `first` to `last`. */
export interface Covering extends TimeRun {
  segments: number[];
}

/**
 * The runs of all segments, to find those that a second lies in. Runs of about the same length are
 * kept together, sorted by their beginning: only those can reach a second that begin no longer
 * before it than the longest of their kind. About 24 bytes a run.
 */
export class RunIndex {
  /** By the power of two that the length is below. */
  readonly #kinds: RunList[] = [];

  add(segment: number, { first, last }: TimeRun): void {
    const kind = Math.ceil(Math.log2(last - first + 1));
    (this.#kinds[kind] ??= new RunList(2 ** kind)).add(first, last, segment);
  }

  remove(segments: ReadonlySet<number>): void {
    for (const list of this.#lists()) list.remove(segments);
  }

  clear(): void {
    this.#kinds.length = 0;
  }

  find(second: number): Covering {
    const found: Covering = { first: -Infinity, last: Infinity, segments: [] };
    for (const list of this.#lists()) list.find(second, found);
    return found;
  }

  #lists(): RunList[] {
    // Kinds that never came are holes.
    return this.#kinds.filter((list) => (list as RunList | undefined) !== undefined);
  }
}

class RunList {
  #firsts: number[] = [];
  #lasts: number[] = [];
  #segments: number[] = [];

  constructor(private readonly longest: number) {}

  /** Almost always at the end. */
  add(first: number, last: number, segment: number): void {
    const at = this.#countUpTo(first);
    this.#firsts.splice(at, 0, first);
    this.#lasts.splice(at, 0, last);
    this.#segments.splice(at, 0, segment);
  }

  remove(segments: ReadonlySet<number>): void {
    const kept = this.#segments.map((segment) => !segments.has(segment));
    this.#firsts = this.#firsts.filter((_, i) => kept[i]);
    this.#lasts = this.#lasts.filter((_, i) => kept[i]);
    this.#segments = this.#segments.filter((_, i) => kept[i]);
  }

  /** Adds those that hold the second, and narrows how far the answer holds. */
  find(second: number, found: Covering): void {
    const end = this.#countUpTo(second);
    found.last = Math.min(found.last, (this.#firsts[end] ?? Infinity) - 1);
    let at = end - 1;
    for (; at >= 0 && (this.#firsts[at] ?? 0) > second - this.longest; at--) {
      const last = this.#lasts[at] ?? 0;
      if (last < second) {
        found.first = Math.max(found.first, last + 1);
        continue;
      }
      found.first = Math.max(found.first, this.#firsts[at] ?? 0);
      found.last = Math.min(found.last, last);
      found.segments.push(this.#segments[at] ?? 0);
    }
    // What begins earlier has ended, at the latest, the longest run after its beginning.
    if (at >= 0) found.first = Math.max(found.first, (this.#firsts[at] ?? 0) + this.longest);
  }

  /** How many begin at the second or before. */
  #countUpTo(second: number): number {
    let [low, high] = [0, this.#firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#firsts[middle] ?? 0) <= second) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
