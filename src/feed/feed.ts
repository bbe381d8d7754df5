import type { FlowatlasError } from '../domain/errors.js';

/**
 * How flows move inside: word that more of them are on disk. The word carries nothing, so none can
 * be lost: whoever follows reads on from the last flow it has seen, and a start is the same as a
 * step (see live-question.ts).
 */
export class Feed {
  readonly #followers = new Set<() => void>();
  /** Why flows cannot be stored just now, so that silence is not taken for quiet. */
  #trouble: FlowatlasError | undefined;

  get trouble(): FlowatlasError | undefined {
    return this.#trouble;
  }

  publish(): void {
    this.#trouble = undefined;
    for (const follower of this.#followers) follower();
  }

  /** Flows could not be stored; the next word of more says that they can. */
  fail(trouble: FlowatlasError): void {
    this.#trouble = trouble;
  }

  /** Calls after every commit until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
