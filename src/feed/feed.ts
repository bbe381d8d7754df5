/**
 * How flows move inside: word that more of them are on disk. The word carries nothing, so none can
 * be lost: whoever follows reads on from the last flow it has seen, and a start is the same as a
 * step (see live/map-question.ts).
 */
export class Feed {
  readonly #followers = new Set<() => void>();

  publish(): void {
    for (const follower of this.#followers) follower();
  }

  /** Calls after every commit until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
