import { withLearned } from '../flow/endpoint-reader.js';
import type { Endpoint, Learned } from '../flow/flow.js';

/** What is learned for one end that is the same objects again. */
const MOST_OF_ONE = 64;

/** Ends with what was learned for them: the same object for the same, as of all parts of flows. */
export class LearnedEnds {
  readonly #ends = new WeakMap<Endpoint, Map<unknown, Endpoint>>();

  /** `key` is the same for the same `learned`. */
  with(endpoint: Endpoint, key: unknown, learned: Learned): Endpoint {
    let known = this.#ends.get(endpoint);
    if (known === undefined) this.#ends.set(endpoint, (known = new Map<unknown, Endpoint>()));
    let found = known.get(key);
    if (found === undefined) {
      if (known.size >= MOST_OF_ONE) known.clear();
      known.set(key, (found = withLearned(endpoint, { ...endpoint.learned, ...learned })));
    }
    return found;
  }
}
