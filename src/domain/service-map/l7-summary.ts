import type { DnsMessage, HttpMessage, L7 } from '../flow/flow.js';
import { rcodes } from '../flow/rcodes.js';
import { urlPath } from '../flow/url-path.js';
import { inOrder } from './counters.js';

/**
 * What an edge carried on layer 7, counted by route and by name. Bounded: past `MOST_KEPT` distinct
 * routes or names the rest is only counted, and the answer says how many.
 */
const MOST_KEPT = 2_000;
const MOST_SHOWN = 50;

interface Route {
  method: string;
  path: string;
  requests: number;
  statuses: Statuses;
}

/** A map, not an object: names come from the network, and one may be `__proto__`. */
type Counts = Map<string, number>;

export class L7Summary {
  /** By path and then by method. */
  readonly #routes = new Map<string, Route[]>();
  #routesKept = 0;
  readonly #names: Counts = new Map();
  readonly #methods: Counts = new Map();
  readonly #statuses: Counts = new Map();
  readonly #rcodes: Counts = new Map();
  #routesLost = 0;
  #namesLost = 0;
  readonly #http = { requests: 0, responses: 0 };
  readonly #dns = { queries: 0, responses: 0 };

  add(l7: L7, count: number): void {
    const response = l7.type === 'RESPONSE';
    if (l7.http !== undefined) this.#addHttp(l7.http, response, count);
    if (l7.dns !== undefined) this.#addDns(l7.dns, response, count);
  }

  #addHttp(http: HttpMessage, response: boolean, count: number): void {
    const route = this.#route(http);
    if (response) {
      this.#http.responses += count;
      increase(this.#statuses, String(http.status), count);
      route?.statuses.add(String(http.status), count);
    } else {
      this.#http.requests += count;
      increase(this.#methods, http.method, count);
      if (route) route.requests += count;
    }
  }

  #route({ method, url }: HttpMessage): Route | undefined {
    const path = urlPath(url) ?? url;
    const alike = this.#routes.get(path) ?? [];
    const known = alike.find((route) => route.method === method);
    if (known !== undefined) return known;
    if (this.#routesKept >= MOST_KEPT) {
      this.#routesLost++;
      return undefined;
    }
    this.#routesKept++;
    const route = { method, path, requests: 0, statuses: new Statuses() };
    if (alike.push(route) === 1) this.#routes.set(path, alike);
    return route;
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

  /** The most frequent routes. */
  routes() {
    const all = [...this.#routes.values()].flat();
    all.sort((a, b) => b.requests - a.requests || compare(a.path, b.path) || compare(a.method, b.method));
    return {
      routes: all.slice(0, MOST_SHOWN).map(({ method, path, requests, statuses }) => ({
        method,
        path,
        requests,
        statuses: statuses.sorted(),
      })),
      routesLeftOut: Math.max(0, all.length - MOST_SHOWN) + this.#routesLost,
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

/** Of one route, of which there are many: most have one status, and a map for it would be their largest part. */
class Statuses {
  #first = '';
  #count = 0;
  #others: Counts | undefined;

  add(status: string, count: number): void {
    if (this.#count === 0) this.#first = status;
    if (status === this.#first) this.#count += count;
    else increase((this.#others ??= new Map<string, number>()), status, count);
  }

  sorted(): Record<string, number> {
    const counts = new Map<string, number>(this.#others);
    if (this.#count > 0) counts.set(this.#first, this.#count);
    return inOrder(counts);
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
