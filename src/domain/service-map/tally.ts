import { clientSide } from '../flow/direction.js';
import type { Flow, Traits } from '../flow/flow.js';
import { bucketOf, Latencies } from '../latencies.js';

/**
 * Many flows told as one: all that the service map does not tell apart. `weight` is how many flows
 * they stand for, `time` the time of the newest. Tallies add up and merge in any order.
 */
export interface Tally extends Omit<Flow, 'latency' | 'isPaired'> {
  first: bigint;
  last: bigint;
  /** Number of the one that arrived last, as an example. */
  lastSeq: number;
  /** Packets among them that open a TCP connection, or answer one that does; and that break one off. */
  syns: number;
  resets: number;
  /** Of the answers among them that were measured; undefined where none was. */
  latencies: Latencies | undefined;
}

/** One flow as a tally of its own. */
export function tallyOf(flow: Flow, seq: number): Tally {
  const { source, destination, traits, policies, l7, node, weight } = flow;
  const time = flow.time ?? 0n;
  const { syn, reset } = tcpSigns(traits);
  const tally: Tally = {
    time,
    uuid: '',
    source,
    destination,
    ...tallyPorts(flow),
    traits,
    policies,
    l7,
    node,
    nodeLabels: [],
    weight,
    first: time,
    last: time,
    lastSeq: seq,
    syns: syn ? weight : 0,
    resets: reset ? weight : 0,
    latencies: undefined,
  };
  measure(tally, flow);
  return tally;
}

/** Adds another flow that the map does not tell apart. */
export function addToTally(tally: Tally, flow: Flow, seq: number): void {
  const { time = 0n, weight, traits } = flow;
  tally.weight += weight;
  if (tally.syns > 0 || tally.resets > 0) {
    const { syn, reset } = tcpSigns(traits);
    if (syn) tally.syns += weight;
    if (reset) tally.resets += weight;
  }
  if (isAnswer(tally)) measure(tally, flow);
  if (seq > tally.lastSeq) tally.lastSeq = seq;
  if (time < tally.first) tally.first = time;
  if (time > tally.last) tally.last = tally.time = time;
}

function measure(tally: Tally, { latency, isPaired }: Flow): void {
  if (latency > 0 && isAnswer(tally))
    (tally.latencies ??= new Latencies()).add(bucketOf(latency), 1, isPaired ? 1 : 0);
}

/** Only answers are measured. */
export function isAnswer({ l7 }: Pick<Flow, 'l7'>): boolean {
  return l7?.type === 'RESPONSE';
}

/** What a TCP packet does to its connection, of what the map counts. */
export function tcpSigns({ tcpFlags }: Traits): { syn: boolean; reset: boolean } {
  return { syn: tcpFlags.includes('SYN'), reset: tcpFlags.includes('RST') };
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
