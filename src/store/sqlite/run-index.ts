import type { TimeRun } from './time-runs.js';

/** Which slices have a run with the second asked for; the same answer holds for `first` to `last`. */
export interface Covering extends TimeRun {
  slices: number[];
}

/**
 * The runs of all slices, to find those that a second lies in. Runs of about the same length are
 * kept together, sorted by their beginning: only those can reach a second that begin no longer
 * before it than the longest of their kind. About 24 bytes a run.
 */
export class RunIndex {
  /** By the power of two that the length is below. */
  readonly #kinds: RunList[] = [];

  add(slice: number, { first, last }: TimeRun): void {
    const kind = Math.ceil(Math.log2(last - first + 1));
    (this.#kinds[kind] ??= new RunList(2 ** kind)).add(first, last, slice);
  }

  /** Those with these numbers, both counted in. */
  remove(first: number, last: number): void {
    for (const list of this.#lists()) list.remove(first, last);
  }

  clear(): void {
    this.#kinds.length = 0;
  }

  find(second: number): Covering {
    const found: Covering = { first: -Infinity, last: Infinity, slices: [] };
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
  #slices: number[] = [];

  constructor(private readonly longest: number) {}

  /** Almost always at the end. */
  add(first: number, last: number, slice: number): void {
    const at = this.#countUpTo(first);
    this.#firsts.splice(at, 0, first);
    this.#lasts.splice(at, 0, last);
    this.#slices.splice(at, 0, slice);
  }

  remove(first: number, last: number): void {
    const kept = this.#slices.map((slice) => slice < first || slice > last);
    this.#firsts = this.#firsts.filter((_, i) => kept[i]);
    this.#lasts = this.#lasts.filter((_, i) => kept[i]);
    this.#slices = this.#slices.filter((_, i) => kept[i]);
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
      found.slices.push(this.#slices[at] ?? 0);
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
