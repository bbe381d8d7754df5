import type { Endpoint } from '../flow/flow.js';
import { shownAs, withoutGeneratedSuffix } from '../flow/node-identity.js';
import type { Tally } from './tally.js';

/** The flows of a window that were dropped, and what the others tell of their pods. */
export interface Dropped {
  tallies: Tally[];
  /** Endpoints of all flows that tell another workload of their pod than its name foretells. */
  unforetold: Endpoint[];
}

/** All that is known of the drops of a window. */
export interface DropsOfWindow extends Dropped {
  /** Undefined where there are none, or only flows can tell what was asked. */
  removed: RemovedDrops | undefined;
}

/** What is kept of dropped flows that are no longer held: ends without their pods, and neither node nor record. */
export interface RemovedDrops {
  readonly tallies: Tally[];
  /** How many they are, and from when to when, in nanoseconds since 1970. */
  readonly flows: number;
  readonly oldest: bigint | undefined;
  readonly newest: bigint | undefined;
}

/** Whoever sees only this pod's name takes it for a pod of another workload. */
export function isUnforetold(endpoint: Endpoint): boolean {
  const { pod, workloads } = shownAs(endpoint);
  const told = workloads[0]?.name;
  return pod !== '' && told !== undefined && told !== withoutGeneratedSuffix(pod);
}
