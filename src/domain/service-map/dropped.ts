import type { Endpoint } from '../flow/flow.js';
import { shownAs, withoutGeneratedSuffix } from '../flow/node-identity.js';
import type { Tally } from './tally.js';

/** The flows of a window that were dropped, and what the others tell of their pods. */
export interface Dropped {
  tallies: Tally[];
  /** Endpoints of all flows that tell another workload of their pod than its name foretells. */
  unforetold: Endpoint[];
}

/** Whoever sees only this pod's name takes it for a pod of another workload. */
export function isUnforetold(endpoint: Endpoint): boolean {
  const { pod, workloads } = shownAs(endpoint);
  const told = workloads[0]?.name;
  return pod !== '' && told !== undefined && told !== withoutGeneratedSuffix(pod);
}
