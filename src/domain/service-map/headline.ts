import { dropReasonByName } from '../flow/drop-reason.js';
import type { Counter } from './counter.js';
import { inOrder, type Counters } from './counters.js';

/** What is told of an edge first, made of its counters last: these add up and merge in any order. */
export interface Headline {
  /** forwarded, dropped, audit, redirected, error always; traced, translated and unknown ones when seen. */
  verdicts: Record<string, number>;
  dropReasons: Record<string, number>;
  /** Only replies were seen: the requests went unobserved. */
  oneSided: boolean;
}

/** Requests that an L7 proxy refused carry no reason of Hubble's. */
export const L7_DENIED = 'L7_DENIED';

export function headline(counters: Counters): Headline {
  const forwarded = new Forwarded();
  /** Most edges have no drops. */
  let dropped: Dropped | undefined;
  const others = { audit: 0, redirected: 0, error: 0 };
  /** A map, not an object: names come from the network, and one may be `__proto__`. */
  let more: Map<string, number> | undefined;
  counters.forEach(({ counter, flows }) => {
    const { verdict } = counter;
    if (verdict === 'forwarded') forwarded.add(counter, flows);
    else if (verdict === 'dropped') (dropped ??= new Dropped()).add(counter, flows);
    else if (verdict === 'audit' || verdict === 'redirected' || verdict === 'error')
      others[verdict] = Math.max(others[verdict], flows);
    else (more ??= new Map<string, number>()).set(verdict, Math.max(more.get(verdict) ?? 0, flows));
    if (!isAnswer(counter)) forwarded.isAnswered = false;
  });
  const reasons = dropped?.reasons() ?? noReasons;
  const verdicts: Record<string, number> = { forwarded: forwarded.count, dropped: sumOf(reasons), ...others };
  return {
    verdicts: more === undefined ? verdicts : { ...verdicts, ...Object.fromEntries(more) },
    dropReasons: inOrder(reasons),
    oneSided: forwarded.isOneSided,
  };
}

const noReasons: ReadonlyMap<string, number> = new Map();

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
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

  add({ point, isReply }: Counter, count: number): void {
    if (isReply || point === 'l7-response') this.#replies = Math.max(this.#replies, count);
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

function isAnswer({ point, isReply, isSocket }: Counter): boolean {
  return isReply || point === 'l7-response' || isSocket;
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

function isVerdict(point: string): boolean {
  return point.startsWith('policy-verdict');
}

function isPolicyReason(reason: string): boolean {
  return dropReasonByName(reason)?.policy ?? false;
}
