import type { Endpoint } from '../flow/flow.js';
import type { NodeIdentity } from '../flow/node-identity.js';
import { sharedLabels } from './coarse-sums.js';
import { Pair } from './pair.js';

/** How sure the name of a node outside is, the surest first: `given` by Hubble, or learned from DNS (`LearnedName`). */
const CONFIDENCES = ['given', 'exact', 'shared', 'stale'] as const;
export type NameConfidence = (typeof CONFIDENCES)[number];

/** What is known of one node of the map by itself: what the labels of its endpoints have in common. */
export class NodeState {
  #labels: readonly string[] | undefined;
  readonly #pairs = new Map<NodeState, Pair>();

  #confidence: number = CONFIDENCES.length;

  constructor(readonly identity: NodeIdentity) {}

  /** One of its endpoints. */
  meet({ learned }: Endpoint): void {
    const confidence = CONFIDENCES.indexOf(learned?.name?.confidence ?? 'given');
    if (confidence < this.#confidence) this.#confidence = confidence;
  }

  /** Undefined where the node has no DNS name. */
  get nameConfidence(): NameConfidence | undefined {
    return this.identity.kind === 'fqdn' ? CONFIDENCES[this.#confidence] : undefined;
  }

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
