import type { Endpoint } from '../flow/flow.js';
import { podKey, shownAs } from '../flow/node-identity.js';
import { unforetoldPod } from './dropped.js';

/** Pods among the flows of a sum, by their keys. */
export interface PodsTold {
  /** Told without their workload, and so counted for the one that their names foretell. */
  guessed: readonly string[];
  /** Told with another workload than their names foretell. */
  unforetold: readonly string[];
}

/**
 * Whether sums may stand for flows: not where a pod was counted for the workload that its name foretells while some
 * record tells another one. Sums cannot be taken apart again; then only the flows themselves can tell.
 */
export class Foretold {
  readonly #guessed = new Set<string>();
  readonly #unforetold = new Set<string>();
  #holds = true;

  /** Of more flows; false when these or earlier ones contradict each other. */
  add({ guessed, unforetold }: PodsTold): boolean {
    for (const pod of guessed) this.#guessed.add(pod);
    for (const pod of unforetold) this.#unforetold.add(pod);
    this.#holds &&=
      !unforetold.some((pod) => this.#guessed.has(pod)) && !guessed.some((pod) => this.#unforetold.has(pod));
    return this.#holds;
  }
}

/** The same of sums alone: mostly no pod is told with another workload, so there is nothing to compare. */
export function isForetold(pods: PodsTold): boolean {
  return pods.unforetold.length === 0 || new Foretold().add(pods);
}

/** Which of both the pod of an end is: its key, or undefined. */
export function podTold(endpoint: Endpoint): Record<keyof PodsTold, string | undefined> {
  const told = shownAs(endpoint);
  const isGuessed = told.pod !== '' && told.workloads.length === 0;
  return {
    guessed: isGuessed ? podKey(told) : undefined,
    unforetold: unforetoldPod(told)?.key,
  };
}
