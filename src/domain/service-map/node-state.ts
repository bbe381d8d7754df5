import type { NodeIdentity } from '../flow/node-identity.js';
import { sharedLabels } from './coarse-sums.js';
import { Pair } from './pair.js';

/** What is known of one node of the map by itself: what the labels of its endpoints have in common. */
export class NodeState {
  #labels: readonly string[] | undefined;
  readonly #pairs = new Map<NodeState, Pair>();

  constructor(readonly identity: NodeIdentity) {}

  learn(labels: readonly string[]): void {
    this.#labels = sharedLabels(this.#labels, labels);
  }

  get labels(): readonly string[] {
    return this.#labels ?? [];
  }

  /** What goes from here to another node. */
  pairWith(target: NodeState): Pair {
    let pair = this.#pairs.get(target);
    if (pair === undefined) this.#pairs.set(target, (pair = new Pair()));
    return pair;
  }
}
