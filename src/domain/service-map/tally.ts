import { clientSide } from '../flow/direction.js';
import type { Flow } from '../flow/flow.js';

/**
 * Many flows told as one: all that the service map does not tell apart. `weight` is how many flows
 * they stand for, `time` the time of the newest. Tallies add up and merge in any order.
 */
export interface Tally extends Flow {
  first: bigint;
  last: bigint;
  /** Number of the newest flow in the store, as an example. */
  lastSeq: number;
}

/**
 * The ports that belong into a tally: the server's. The client's is another one for every
 * connection. Where the record does not say who is the client, both stay.
 */
export function tallyPorts(flow: Pick<Flow, 'traits' | 'l7' | 'sourcePort' | 'destinationPort'>): {
  sourcePort: number;
  destinationPort: number;
} {
  const { sourcePort, destinationPort } = flow;
  const client = clientSide(flow);
  if (client === 'source') return { sourcePort: 0, destinationPort };
  if (client === 'destination') return { sourcePort, destinationPort: 0 };
  return { sourcePort, destinationPort };
}
