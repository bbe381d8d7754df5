import type { Flow, L7 } from './flow/flow.js';

/** Latencies that we find are whole multiples of it, in nanoseconds: 1 % at 10 µs, and 32 bits hold seven minutes. */
export const PAIRED_UNIT = 100;
/** Proxies give up sooner; the longer a request waits, the likelier it is that its answer was not recorded. */
const LONGEST = 60_000_000_000n;
/** Requests without an answer that are remembered, of all nodes: Hubble remembers 10,000 a node. */
const MOST_REQUESTS = 20_000;
/** Characters of what they are remembered by: URLs may be long. */
const MOST_CHARACTERS = 4 << 20;
/** Of these, what goes at once: to look for the oldest takes as long as a thousand requests. */
const FORGOTTEN = 1 / 8;
/** As many streams as a connection of HTTP/2 usually has. */
const MOST_ALIKE = 100;
const MOST_NODES = 10_000;
/** Longer ones are of no node. */
const LONGEST_NAME = 1_000;
/** It loses packets alone: what proxies tell comes another way. */
const OF_PACKETS = 'PERF_EVENT_RING_BUFFER';

interface Request {
  time: bigint;
  /** The message's own id; empty where the record has none. */
  id: string;
  /** How often the node had lost records before it. */
  losses: number;
}

/** Requests for the same by one connection, as one node saw them, that have no answer yet; by time. */
interface Waiting {
  requests: readonly Request[];
  /** There were several at once, and have been some ever since: only ids can tell which answer is whose. */
  isMixed: boolean;
}

const nobody: Waiting = { requests: [], isMixed: false };

/**
 * Finds how long answers took of which Hubble does not say it, by the request that came before: of the same node, as
 * clocks differ, of the same connection, and for the same. Rather none than a wrong one: where several requests could
 * be meant, none is, unless both records have the same id.
 */
export class Pairing {
  /** By key; what was asked last stands last. */
  readonly #waiting = new Map<string, Waiting>();
  #requests = 0;
  #characters = 0;
  /** By node. */
  readonly #losses = new Map<string, number>();
  /** Of the flow looked at last: under which key it goes, what waited there, and what of that it answers. */
  #key: string | undefined;
  #found: Waiting | undefined;
  #answered: Request | undefined;

  constructor(private readonly mostRequests = MOST_REQUESTS) {}

  /**
   * Nanoseconds from its request to this answer, as far as they are known for sure; else 0. `id` is what the message
   * itself is told by, where it is.
   */
  latencyOf(flow: Flow, id: string): number {
    const { time, l7, node } = flow;
    const key = time === undefined ? undefined : keyOf(flow);
    this.#key = key;
    this.#answered = undefined;
    if (key === undefined || time === undefined || l7 === undefined) return 0;
    this.#found = this.#waiting.get(key);
    if (this.#found === undefined || l7.type === 'REQUEST') return 0;
    const waiting = since(time - LONGEST, this.#found);
    const request = withId(waiting, time, id) ?? only(waiting, time, id, l7, this.#lossesOf(node));
    this.#answered = request;
    if (request === undefined) return 0;
    return Math.round(Number(time - request.time) / PAIRED_UNIT) * PAIRED_UNIT;
  }

  /** The flow looked at last is held from now on: it was none that came again. */
  settle({ time, l7, node }: Flow, id: string): void {
    const key = this.#key;
    if (key === undefined || time === undefined || l7 === undefined) return;
    const waiting = this.#found === undefined ? nobody : since(time - LONGEST, this.#found);
    if (l7.type === 'REQUEST') this.#ask(key, waiting, { time, id, losses: this.#lossesOf(node) });
    else this.#answer(key, waiting, this.#answered ?? likeliest(waiting, time, id, l7));
  }

  /** What a node lost may have been answers. */
  lose(node: string, source: string): void {
    if (source === OF_PACKETS || node.length > LONGEST_NAME) return;
    if (this.#losses.size >= MOST_NODES) this.#losses.clear();
    this.#losses.set(node, this.#lossesOf(node) + 1);
  }

  #lossesOf(node: string): number {
    return this.#losses.get(node) ?? 0;
  }

  #ask(key: string, { requests, isMixed }: Waiting, request: Request): void {
    // It comes again when its commit failed.
    if (requests.some(({ time, id }) => time === request.time && id === request.id)) return;
    const all = requests.length === 0 ? [request] : inOrder(requests, request).slice(-MOST_ALIKE);
    this.#put(key, { requests: all, isMixed: isMixed || all.length > 1 });
    if (this.#isBeyond(1)) this.#dropOldest();
  }

  #answer(key: string, { requests, isMixed }: Waiting, answered: Request | undefined): void {
    if (this.#found === undefined) return;
    this.#put(key, { requests: requests.filter((request) => request !== answered), isMixed });
  }

  /** In the place of what was found there, behind all others. */
  #put(key: string, waiting: Waiting): void {
    if (this.#found !== undefined) this.#drop(key, this.#found);
    if (waiting.requests.length === 0) return;
    this.#waiting.set(key, waiting);
    this.#requests += waiting.requests.length;
    this.#characters += key.length;
  }

  #drop(key: string, { requests }: Waiting): void {
    this.#waiting.delete(key);
    this.#requests -= requests.length;
    this.#characters -= key.length;
  }

  /** Whether what is remembered is more than this part of what may be. */
  #isBeyond(part: number): boolean {
    return this.#requests > this.mostRequests * part || this.#characters > MOST_CHARACTERS * part;
  }

  #dropOldest(): void {
    for (const [key, waiting] of this.#waiting) {
      if (!this.#isBeyond(1 - FORGOTTEN)) return;
      this.#drop(key, waiting);
    }
  }
}

/** Those that may still be answered. */
function since(time: bigint, waiting: Waiting): Waiting {
  const { requests } = waiting;
  if (requests.every((request) => request.time >= time)) return waiting;
  const left = requests.filter((request) => request.time >= time);
  return left.length === 0 ? nobody : { requests: left, isMixed: waiting.isMixed };
}

/** The request with the id of the answer. */
function withId({ requests }: Waiting, at: bigint, id: string): Request | undefined {
  const alike = id === '' ? [] : requests.filter((request) => request.id === id && request.time <= at);
  return alike.length === 1 ? alike[0] : undefined;
}

/** The only request that the answer can be for, where nothing speaks against it. */
function only(
  { requests, isMixed }: Waiting,
  at: bigint,
  id: string,
  { kind }: L7,
  losses: number,
): Request | undefined {
  const [request] = requests;
  if (request === undefined || requests.length > 1 || isMixed || request.time > at) return undefined;
  if (id !== '' && request.id !== '') return undefined;
  // On a connection of HTTP the same is asked again and again; DNS takes a new port each time.
  if (kind === 'dns') return request;
  return kind === 'http' && request.losses === losses ? request : undefined;
}

/**
 * Which one is no longer waited for, where it is not known: then there is one less. On a connection of HTTP/2 it is
 * the oldest. On others hardly anybody asks again before there was an answer, so what waits beside others has lost its
 * own: it is the newest, and those that stay grow old.
 */
function likeliest({ requests }: Waiting, at: bigint, id: string, { http }: L7): Request | undefined {
  const before = requests.filter(({ time }) => time <= at);
  const plain = before.filter((request) => request.id === '');
  const possible = plain.length > 0 || id !== '' ? plain : before;
  return /^HTTP\/[23]/.test(http?.protocol ?? '') ? possible[0] : possible.at(-1);
}

function inOrder(requests: readonly Request[], added: Request): Request[] {
  const behind = requests.findIndex(({ time }) => time > added.time);
  const at = behind < 0 ? requests.length : behind;
  return [...requests.slice(0, at), added, ...requests.slice(at)];
}

/** The node and the connection, the client first, and what was asked; undefined where the record does not tell. */
function keyOf(flow: Flow): string | undefined {
  const { l7, node, weight, traits, sourcePort, destinationPort } = flow;
  const asked = l7 && askedOf(l7);
  const [from, to] = [flow.source.ip, flow.destination.ip];
  if (asked === undefined || node === '' || weight > 1) return undefined;
  if (from === '' || to === '' || sourcePort === 0 || destinationPort === 0) return undefined;
  const about = `${node}\n${traits.protocol} ${traits.direction}`;
  if (l7?.type === 'REQUEST') return `${about} ${from} ${sourcePort} ${to} ${destinationPort} ${asked}`;
  if (l7?.type === 'RESPONSE') return `${about} ${to} ${destinationPort} ${from} ${sourcePort} ${asked}`;
  return undefined;
}

function askedOf({ kind, http, dns }: L7): string | undefined {
  if (http !== undefined) return `${http.method} ${http.url}`;
  if (dns !== undefined) return `${dns.qtypes} ${dns.query}`;
  return kind === 'kafka' ? kind : undefined;
}
