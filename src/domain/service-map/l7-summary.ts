import type { DnsMessage, HttpMessage, L7 } from '../flow/flow.js';
import { rcodes } from '../flow/rcodes.js';
import { urlPath } from '../flow/url-path.js';
import { Latencies, Room, summarise, type LatencySummary } from '../latencies.js';
import { inOrder } from './counters.js';
import type { PinnedRoutes } from './pinned-routes.js';
import { Routes } from './routes.js';

/**
 * What an edge carried on layer 7, counted by route and by name. Bounded: past `MOST_KEPT` distinct names, and as many
 * routes, the rest is only counted, and the answer says how many.
 */
const MOST_KEPT = 2_000;
const MOST_SHOWN = 50;
/** Of latencies of all routes of an edge: some 40 bytes each. */
const MOST_BUCKETS = 20_000;

/** A map, not an object: names come from the network, and one may be `__proto__`. */
type Counts = Map<string, number>;

export class L7Summary {
  readonly #routes: Routes;
  #answers = 0;
  #latencies: Latencies | undefined;
  readonly #names: Counts = new Map();
  readonly #methods: Counts = new Map();
  readonly #statuses: Counts = new Map();
  readonly #rcodes: Counts = new Map();
  #namesLost = 0;
  readonly #http = { requests: 0, responses: 0 };
  readonly #dns = { queries: 0, responses: 0 };

  constructor(pinned: PinnedRoutes) {
    this.#routes = new Routes(new Room(MOST_BUCKETS), pinned);
  }

  add(l7: L7, count: number, latencies?: Latencies): void {
    const response = l7.type === 'RESPONSE';
    if (response) this.#answers += count;
    if (latencies !== undefined) (this.#latencies ??= new Latencies()).merge(latencies);
    if (l7.http !== undefined) this.#addHttp(l7.http, response, count, latencies);
    if (l7.dns !== undefined) this.#addDns(l7.dns, response, count);
  }

  #addHttp(
    { method, url, status }: HttpMessage,
    response: boolean,
    count: number,
    latencies?: Latencies,
  ): void {
    const path = urlPath(url) ?? url;
    if (response) {
      this.#http.responses += count;
      increase(this.#statuses, String(status), count);
      this.#routes.addResponse(method, path, status, count, latencies);
    } else {
      this.#http.requests += count;
      increase(this.#methods, method, count);
      this.#routes.addRequest(method, path, count);
    }
  }

  #addDns(dns: DnsMessage, response: boolean, count: number): void {
    if (response) {
      this.#dns.responses += count;
      increase(this.#rcodes, rcodeName(dns.rcode), count);
      return;
    }
    this.#dns.queries += count;
    const name = dns.query.replace(/\.$/, '').toLowerCase();
    if (this.#names.has(name) || this.#names.size < MOST_KEPT) {
      this.#names.set(name, (this.#names.get(name) ?? 0) + count);
    } else this.#namesLost++;
  }

  http() {
    if (this.#http.requests + this.#http.responses === 0) return undefined;
    return { ...this.#http, methods: inOrder(this.#methods), statuses: inOrder(this.#statuses) };
  }

  dns() {
    if (this.#dns.queries + this.#dns.responses === 0) return undefined;
    return { ...this.#dns, rcodes: inOrder(this.#rcodes) };
  }

  /** Undefined where there was no answer. */
  latency(): LatencySummary | undefined {
    return this.#answers === 0 ? undefined : summarise(this.#latencies, this.#answers);
  }

  /** The most frequent routes. */
  routes() {
    const all = this.#routes.all();
    return {
      routes: all.slice(0, MOST_SHOWN),
      routesLeftOut: Math.max(0, all.length - MOST_SHOWN),
      requestsLeftOut: this.#routes.lost,
    };
  }

  /** The names asked for most. */
  names() {
    const all = [...this.#names].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
    return {
      names: Object.fromEntries(all.slice(0, MOST_SHOWN)),
      namesLeftOut: Math.max(0, all.length - MOST_SHOWN) + this.#namesLost,
    };
  }
}

function rcodeName(rcode: number): string {
  return rcodes[rcode] ?? `RCODE${rcode}`;
}

function increase(counts: Counts, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
