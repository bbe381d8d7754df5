import type { DnsMessage, Endpoint, HttpMessage } from '../flow/flow.js';
import { serviceOf } from '../flow/node-identity.js';
import { Room } from '../latencies.js';
import { counterOf } from './counter.js';
import type { PinnedRoutes } from './pinned-routes.js';
import { Routes, type RouteSummary } from './routes.js';
import { Services, type ReachedService } from './services.js';
import type { Tally } from './tally.js';

/** Past so many distinct names the rest is only counted, and the answer says how many. */
const MOST_NAMES = 2_000;
const MOST_SHOWN = 50;
/** Of latencies of all routes of an edge: some 40 bytes each. */
const MOST_BUCKETS = 20_000;
/** Numbers of flows that are kept as examples. */
const MOST_EXAMPLES = 5;

/** Of an edge, what there may be much of. */
export interface EdgeNames {
  http?: { routes: RouteSummary[]; routesLeftOut: number; requestsLeftOut: number };
  dns?: { names: Record<string, number>; namesLeftOut: number };
  services?: ReachedService[];
  servicesLeftOut?: number;
}

/** What only the flows of an edge themselves tell: its routes, its names, its Services, and some of the newest. */
export class EdgeDetail {
  readonly #routes: Routes;
  /** A map, not an object: names come from the network, and one may be `__proto__`. */
  readonly #names = new Map<string, number>();
  #namesLost = 0;
  #services: Services | undefined;
  #hasHttp = false;
  #hasDns = false;
  readonly #examples: number[] = [];

  constructor(pinned: PinnedRoutes) {
    this.#routes = new Routes(new Room(MOST_BUCKETS), pinned);
  }

  /** Flows of the edge. Its Services are often told by its sockets alone. */
  add(tally: Tally): void {
    this.#addService(tally.source);
    this.#addService(tally.destination);
    if (counterOf(tally).isSocket) return;
    const { l7, lastSeq } = tally;
    if (l7?.http !== undefined) this.#addHttp(l7.http, tally);
    if (l7?.dns !== undefined) this.#addDns(l7.dns, tally);
    this.#remember(lastSeq);
  }

  #addHttp({ method, url, path = url, status }: HttpMessage, { l7, weight, latencies }: Tally): void {
    this.#hasHttp = true;
    if (l7?.type === 'RESPONSE') this.#routes.addResponse(method, path, status, weight, latencies);
    else this.#routes.addRequest(method, path, weight);
  }

  #addDns({ query }: DnsMessage, { l7, weight }: Tally): void {
    this.#hasDns = true;
    if (l7?.type === 'RESPONSE') return;
    const name = query.replace(/\.$/, '').toLowerCase();
    if (this.#names.has(name) || this.#names.size < MOST_NAMES) {
      this.#names.set(name, (this.#names.get(name) ?? 0) + weight);
    } else this.#namesLost++;
  }

  #addService(endpoint: Endpoint): void {
    const { learned, service } = endpoint;
    if (service === '' && learned?.service === undefined) return;
    (this.#services ??= new Services()).add(serviceOf(endpoint), service === '');
  }

  #remember(seq: number): void {
    const examples = this.#examples;
    let at = examples.length;
    while (at > 0 && (examples[at - 1] ?? 0) < seq) at--;
    if (at === MOST_EXAMPLES) return;
    examples.splice(at, 0, seq);
    if (examples.length > MOST_EXAMPLES) examples.pop();
  }

  /** Numbers of a few of the newest flows. */
  get examples(): readonly number[] {
    return this.#examples;
  }

  names(): EdgeNames {
    const names: EdgeNames = {};
    if (this.#hasHttp) names.http = this.#mostFrequent();
    if (this.#hasDns) names.dns = this.#mostAsked();
    return { ...names, ...this.#services?.list() };
  }

  #mostFrequent(): NonNullable<EdgeNames['http']> {
    const all = this.#routes.all();
    return {
      routes: all.slice(0, MOST_SHOWN),
      routesLeftOut: Math.max(0, all.length - MOST_SHOWN),
      requestsLeftOut: this.#routes.lost,
    };
  }

  #mostAsked(): NonNullable<EdgeNames['dns']> {
    const all = [...this.#names].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
    return {
      names: Object.fromEntries(all.slice(0, MOST_SHOWN)),
      namesLeftOut: Math.max(0, all.length - MOST_SHOWN) + this.#namesLost,
    };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
