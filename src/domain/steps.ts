/** Long work in steps of microseconds, between any two of which others may have their turn. Returned is what came of it. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** One step after another. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
