import { dropReasonByName } from '../flow/drop-reason.js';
import { isReply } from '../flow/direction.js';
import { EventType, type Flow, type Traits } from '../flow/flow.js';
import { observationPoints } from '../flow/enums.js';

/**
 * One packet may be told several times: at each trace point, on both nodes, as verdict and as drop.
 * So an edge keeps one counter for each point of observation. Counters add up and merge; the
 * headline is made of them last. (Cilium: "Hubble flows" are events, not connections.)
 */
export type Counters = Map<string, number>;

export interface Headline {
  /** forwarded, dropped, audit, redirected, error always; traced, translated and unknown ones when seen. */
  verdicts: Record<string, number>;
  dropReasons: Record<string, number>;
  /** Only replies were seen: the requests went unobserved. */
  oneSided: boolean;
}

/** Requests that an L7 proxy refused carry no reason of Hubble's. */
export const L7_DENIED = 'L7_DENIED';

const known = new WeakMap<Traits, Map<string, string>>();

/** `point`, then what departs from a forwarded request: `:verdict`, `:REASON`, `:reply`. */
export function counterOf(flow: Pick<Flow, 'traits' | 'l7'>): string {
  const counters = known.get(flow.traits) ?? new Map<string, string>();
  if (counters.size === 0) known.set(flow.traits, counters);
  const kind = flow.l7?.type ?? 'none';
  let counter = counters.get(kind);
  if (counter === undefined) counters.set(kind, (counter = nameCounter(flow)));
  return counter;
}

/** Sockets alone make no edge: they add to one that other records made. */
export function isSocket(counter: string): boolean {
  return counter.startsWith('trace-sock');
}

function nameCounter(flow: Pick<Flow, 'traits' | 'l7'>): string {
  const { traits } = flow;
  const point = pointOf(flow);
  const verdict = traits.verdict === '' ? 'unknown' : traits.verdict.toLowerCase();
  const told = verdict === 'forwarded' ? '' : `:${verdict}`;
  const reason = verdict === 'dropped' && traits.dropReason !== '' ? `:${traits.dropReason}` : '';
  return `${point}${told}${reason}${isReply(flow) && !point.startsWith('l7-') ? ':reply' : ''}`;
}

function pointOf({ traits, l7 }: Pick<Flow, 'traits' | 'l7'>): string {
  const { eventType, direction, observationPoint } = traits;
  if (eventType === EventType.policyVerdict) return `policy-verdict-${direction.toLowerCase() || 'unknown'}`;
  if (eventType === EventType.drop) return 'drop';
  if (eventType === EventType.traceSock || traits.type === 'SOCK') return 'trace-sock';
  if (l7 !== undefined) return l7.type === 'RESPONSE' ? 'l7-response' : 'l7-request';
  if (observationPoint !== '') return observationPoint.toLowerCase().replaceAll('_', '-');
  if (eventType === EventType.trace) return tracePoint(traits.subType);
  // A mask took the event type; a dropped flow without it is most likely the drop event.
  return traits.verdict === 'DROPPED' ? 'drop' : 'unknown';
}

function tracePoint(subType: number): string {
  return observationPoints[subType]?.toLowerCase().replaceAll('_', '-') ?? `trace-${subType}`;
}

interface Counter {
  point: string;
  verdict: string;
  reason: string;
  reply: boolean;
  count: number;
}

function* readCounters(counters: Counters): Generator<Counter> {
  for (const [key, count] of counters) {
    const [point = '', ...rest] = key.split(':');
    const reply = rest.at(-1) === 'reply';
    if (reply) rest.pop();
    const [verdict = 'forwarded', reason = ''] = rest;
    yield { point, verdict, reason, reply, count };
  }
}

export function headline(counters: Counters): Headline {
  const list = [...readCounters(counters)];
  const { forwarded, oneSided } = forwardedOf(list);
  const dropReasons = dropsByReason(list);
  const others = new Map<string, number>([
    ['audit', 0],
    ['redirected', 0],
    ['error', 0],
  ]);
  for (const { verdict, count } of list) {
    if (verdict === 'forwarded' || verdict === 'dropped') continue;
    others.set(verdict, Math.max(others.get(verdict) ?? 0, count));
  }
  const dropped = Object.values(dropReasons).reduce((total, count) => total + count, 0);
  return { verdicts: { forwarded, dropped, ...Object.fromEntries(others) }, dropReasons, oneSided };
}

/**
 * What the best-placed observer saw: the largest counter of requests at a trace point or a policy
 * verdict. Without any, the requests that a proxy logged; without those, the replies.
 */
function forwardedOf(list: readonly Counter[]): { forwarded: number; oneSided: boolean } {
  const forwarded = list.filter(({ verdict }) => verdict === 'forwarded');
  const packets = largest(forwarded.filter(({ point, reply }) => !reply && !point.startsWith('l7-')));
  if (packets > 0) return { forwarded: packets, oneSided: false };
  const requests = largest(forwarded.filter(({ point }) => point === 'l7-request'));
  if (requests > 0) return { forwarded: requests, oneSided: false };
  const replies = largest(forwarded.filter(({ point, reply }) => reply || point === 'l7-response'));
  return { forwarded: replies, oneSided: replies > 0 && list.every(isAnswer) };
}

function isAnswer({ point, reply }: Counter): boolean {
  return reply || point === 'l7-response' || point === 'trace-sock';
}

/**
 * A denied packet is told as a verdict and as a drop, so of those two the larger counts, with its
 * reasons; drops for other reasons are told once; a refused request counts once, not its answer.
 */
function dropsByReason(list: readonly Counter[]): Record<string, number> {
  const dropped = list.filter(({ verdict }) => verdict === 'dropped');
  const packets = dropped.filter(({ point }) => !point.startsWith('l7-'));
  const verdicts = packets.filter(({ point }) => isVerdict(point));
  const denied = packets.filter(({ point, reason }) => !isVerdict(point) && isPolicyReason(reason));
  const others = packets.filter(({ point, reason }) => !isVerdict(point) && !isPolicyReason(reason));
  const reasons = sumByReason([...(sum(verdicts) > sum(denied) ? verdicts : denied), ...others]);
  const requests = sum(dropped.filter(({ point }) => point === 'l7-request'));
  const refused = requests > 0 ? requests : sum(dropped.filter(({ point }) => point === 'l7-response'));
  if (refused > 0) reasons.set(L7_DENIED, refused);
  return Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isVerdict(point: string): boolean {
  return point.startsWith('policy-verdict');
}

function sumByReason(list: readonly Counter[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { reason, count } of list) {
    const name = reason === '' ? 'DROP_REASON_UNKNOWN' : reason;
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}

function sum(list: readonly Counter[]): number {
  return list.reduce((total, { count }) => total + count, 0);
}

function largest(list: readonly Counter[]): number {
  return list.reduce((max, { count }) => Math.max(max, count), 0);
}

function isPolicyReason(reason: string): boolean {
  return dropReasonByName(reason)?.policy ?? false;
}
