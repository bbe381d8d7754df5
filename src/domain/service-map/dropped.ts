import type { Endpoint } from '../flow/flow.js';
import { podKey, shownAs, withoutGeneratedSuffix } from '../flow/node-identity.js';
import type { Tally } from './tally.js';

/** The flows of a window that were dropped, and what the others tell of their pods. */
export interface Dropped {
  tallies: Tally[];
  /** Of all flows. */
  unforetold: UnforetoldPod[];
}

/** A pod of another workload than its name foretells: whoever sees only its name takes it for one of that workload. */
export interface UnforetoldPod {
  /** `cluster/namespace/name` */
  readonly key: string;
  readonly workload: string;
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

/** The pod that an end is, if it is such a one. */
export function unforetoldPod(endpoint: Endpoint): UnforetoldPod | undefined {
  const end = shownAs(endpoint);
  const workload = end.workloads[0]?.name;
  const isForetold = end.pod === '' || workload === undefined || workload === withoutGeneratedSuffix(end.pod);
  return isForetold ? undefined : { key: podKey(end), workload };
}
