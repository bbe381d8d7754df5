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

/** What the name of a counter says. */
export interface Counter {
  point: string;
  verdict: string;
  reason: string;
  reply: boolean;
}

/** Names are few, and are read for each edge of each map. */
const counters = new Map<string, Counter>();
const MOST_COUNTERS = 10_000;

export function readCounter(name: string): Counter {
  let counter = counters.get(name);
  if (counter === undefined) {
    const [point = '', ...rest] = name.split(':');
    const reply = rest.at(-1) === 'reply';
    if (reply) rest.pop();
    const [verdict = 'forwarded', reason = ''] = rest;
    counter = { point, verdict, reason, reply };
    if (counters.size < MOST_COUNTERS) counters.set(name, counter);
  }
  return counter;
}

export function headline(counts: Counters): Headline {
  const forwarded = new Forwarded();
  const dropped = new Dropped();
  const others = { audit: 0, redirected: 0, error: 0 };
  /** A map, not an object: names come from the network, and one may be `__proto__`. */
  let more: Map<string, number> | undefined;
  for (const [name, count] of counts) {
    const counter = readCounter(name);
    const { verdict } = counter;
    if (verdict === 'forwarded') forwarded.add(counter, count);
    else if (verdict === 'dropped') dropped.add(counter, count);
    else if (verdict === 'audit' || verdict === 'redirected' || verdict === 'error')
      others[verdict] = Math.max(others[verdict], count);
    else (more ??= new Map<string, number>()).set(verdict, Math.max(more.get(verdict) ?? 0, count));
    if (!isAnswer(counter)) forwarded.isAnswered = false;
  }
  const reasons = dropped.reasons();
  let sum = 0;
  for (const count of reasons.values()) sum += count;
  const verdicts: Record<string, number> = { forwarded: forwarded.count, dropped: sum, ...others };
  return {
    verdicts: more === undefined ? verdicts : { ...verdicts, ...Object.fromEntries(more) },
    dropReasons: inOrder(reasons),
    oneSided: forwarded.isOneSided,
  };
}

/**
 * What the best-placed observer saw: the largest counter of requests at a trace point or a policy
 * verdict. Without any, the requests that a proxy logged; without those, the replies.
 */
class Forwarded {
  #packets = 0;
  #requests = 0;
  #replies = 0;
  /** Nothing but replies was counted, and sockets. */
  isAnswered = true;

  add({ point, reply }: Counter, count: number): void {
    if (reply || point === 'l7-response') this.#replies = Math.max(this.#replies, count);
    else if (point === 'l7-request') this.#requests = Math.max(this.#requests, count);
    else this.#packets = Math.max(this.#packets, count);
  }

  get count(): number {
    return this.#packets || this.#requests || this.#replies;
  }

  get isOneSided(): boolean {
    return this.#packets + this.#requests === 0 && this.#replies > 0 && this.isAnswered;
  }
}

function isAnswer({ point, reply }: Counter): boolean {
  return reply || point === 'l7-response' || point === 'trace-sock';
}

/**
 * A denied packet is told as a verdict and as a drop, so of those two the larger counts, with its
 * reasons; drops for other reasons are told once; a refused request counts once, not its answer.
 */
class Dropped {
  readonly #verdicts = new Reasons();
  readonly #denied = new Reasons();
  readonly #others = new Reasons();
  #requests = 0;
  #responses = 0;

  add({ point, reason }: Counter, count: number): void {
    if (point === 'l7-request') this.#requests += count;
    else if (point === 'l7-response') this.#responses += count;
    else if (isVerdict(point)) this.#verdicts.add(reason, count);
    else if (isPolicyReason(reason)) this.#denied.add(reason, count);
    else this.#others.add(reason, count);
  }

  reasons(): Map<string, number> {
    const told = this.#verdicts.sum > this.#denied.sum ? this.#verdicts : this.#denied;
    const all = told.and(this.#others);
    const refused = this.#requests || this.#responses;
    if (refused > 0) all.set(L7_DENIED, refused);
    return all;
  }
}

/** How often each reason was told. */
class Reasons {
  readonly #counts = new Map<string, number>();
  sum = 0;

  add(reason: string, count: number): void {
    const name = reason === '' ? 'DROP_REASON_UNKNOWN' : reason;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
    this.sum += count;
  }

  and(others: Reasons): Map<string, number> {
    const all = new Map(this.#counts);
    for (const [reason, count] of others.#counts) all.set(reason, (all.get(reason) ?? 0) + count);
    return all;
  }
}

/** By name. */
export function inOrder(counts: ReadonlyMap<string, number>): Record<string, number> {
  if (counts.size === 0) return {};
  if (counts.size === 1) return Object.fromEntries(counts);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isVerdict(point: string): boolean {
  return point.startsWith('policy-verdict');
}

function isPolicyReason(reason: string): boolean {
  return dropReasonByName(reason)?.policy ?? false;
}
