import { isReply } from '../flow/direction.js';
import { observationPoints } from '../flow/enums.js';
import { EventType, type Flow, type Traits } from '../flow/flow.js';

/**
 * What is counted together. One packet may be told several times: at each trace point, on both nodes, as verdict and
 * as drop. So an edge keeps one count for each point of observation, and for what departs there from a forwarded
 * request. (Cilium: "Hubble flows" are events, not connections.)
 */
export interface Counter {
  /** `point`, then what departs from a forwarded request: `:verdict`, `:REASON`, `:reply`. */
  readonly name: string;
  readonly point: string;
  readonly verdict: string;
  readonly reason: string;
  readonly isReply: boolean;
  /** Sockets alone make no edge: they add to one that other records made. */
  readonly isSocket: boolean;
}

/** Equal ones are mostly the same object, which is compared faster than names. */
const interned = new Map<string, Counter>();
const MOST_INTERNED = 10_000;

const known = new WeakMap<Traits, Map<string, Counter>>();

export function counterOf(flow: Pick<Flow, 'traits' | 'l7'>): Counter {
  let counters = known.get(flow.traits);
  if (counters === undefined) known.set(flow.traits, (counters = new Map<string, Counter>()));
  const kind = flow.l7?.type ?? 'none';
  let counter = counters.get(kind);
  if (counter === undefined) counters.set(kind, (counter = intern(readCounter(flow))));
  return counter;
}

function intern(counter: Counter): Counter {
  const { name } = counter;
  const same = interned.get(name);
  if (same === undefined && interned.size < MOST_INTERNED) interned.set(name, counter);
  return same ?? counter;
}

function readCounter(flow: Pick<Flow, 'traits' | 'l7'>): Counter {
  const { traits } = flow;
  const point = pointOf(flow);
  const verdict = traits.verdict === '' ? 'unknown' : traits.verdict.toLowerCase();
  const reason = verdict === 'dropped' ? traits.dropReason : '';
  const reply = isReply(flow) && !point.startsWith('l7-');
  const told = verdict === 'forwarded' ? '' : `:${verdict}`;
  const name = `${point}${told}${reason === '' ? '' : `:${reason}`}${reply ? ':reply' : ''}`;
  return { name, point, verdict, reason, isReply: reply, isSocket: point.startsWith(SOCKET) };
}

const SOCKET = 'trace-sock';

function pointOf({ traits, l7 }: Pick<Flow, 'traits' | 'l7'>): string {
  const { eventType, direction, observationPoint } = traits;
  if (eventType === EventType.policyVerdict) return `policy-verdict-${direction.toLowerCase() || 'unknown'}`;
  if (eventType === EventType.drop) return 'drop';
  if (eventType === EventType.traceSock || traits.type === 'SOCK') return SOCKET;
  if (l7 !== undefined) return l7.type === 'RESPONSE' ? 'l7-response' : 'l7-request';
  if (observationPoint !== '') return observationPoint.toLowerCase().replaceAll('_', '-');
  if (eventType === EventType.trace) return tracePoint(traits.subType);
  // A mask took the event type; a dropped flow without it is most likely the drop event.
  return traits.verdict === 'DROPPED' ? 'drop' : 'unknown';
}

function tracePoint(subType: number): string {
  return observationPoints[subType]?.toLowerCase().replaceAll('_', '-') ?? `trace-${subType}`;
}
