import type { Endpoint } from '../flow/flow.js';
import type { PodsTold } from './foretold.js';
import type { Tally } from './tally.js';

/**
 * Flows added up at the grain of workloads (see coarse.ts): of them the map at the levels of workloads, namespaces
 * and clusters is made as of the flows themselves, but for routes and names of layer 7 and for examples.
 */
export interface CoarseSums {
  /** Made when they are asked for, each time anew: thousands of them are held no longer than they are needed. */
  tallies: Iterable<Tally>;
  /** The ends that packets had, each with the labels that all its endpoints share: coarse flows have none. */
  ends: LabelledEnd[];
  /** Whose workload only the flows themselves may tell: see `Foretold`. None of flows that are not held any more. */
  pods: PodsTold;
  /** Number of the last flow that may be in them. */
  upTo: number;
}

export interface LabelledEnd {
  endpoint: Endpoint;
  /** Undefined where no record told any. */
  labels: readonly string[] | undefined;
}

/** The labels that both have; where nothing is known yet, those of the other. */
export function sharedLabels(
  known: readonly string[] | undefined,
  labels: readonly string[],
): readonly string[] {
  if (known === undefined) return [...labels].sort();
  // As of most pods of a workload.
  if (known.length === labels.length && known.every((label, i) => label === labels[i])) return known;
  return known.every((label) => labels.includes(label))
    ? known
    : known.filter((label) => labels.includes(label));
}
