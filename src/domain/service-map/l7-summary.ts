import type { DnsMessage, HttpMessage, L7 } from '../flow/flow.js';
import { urlPath } from '../flow/url-path.js';

/**
 * What an edge carried on layer 7, counted by route and by name. Bounded: past `MOST_KEPT` distinct
 * routes or names the rest is only counted, and the answer says how many.
 */
const MOST_KEPT = 2_000;
const MOST_SHOWN = 50;

interface Route {
  /** Path and method: in this order routes are told that were asked for as often. */
  key: string;
  method: string;
  path: string;
  requests: number;
  statuses: Counts;
}

/** A map, not an object: names come from the network, and one may be `__proto__`. */
type Counts = Map<string, number>;

export class L7Summary {
  readonly #routes = new Map<string, Route>();
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
      if (route) increase(route.statuses, String(http.status), count);
    } else {
      this.#http.requests += count;
      increase(this.#methods, http.method, count);
      if (route) route.requests += count;
    }
  }

  #route({ method, url }: HttpMessage): Route | undefined {
    const path = urlPath(url) ?? url;
    const key = `${path} ${method}`;
    let route = this.#routes.get(key);
    if (route === undefined) {
      if (this.#routes.size >= MOST_KEPT) {
        this.#routesLost++;
        return undefined;
      }
      this.#routes.set(key, (route = { key, method, path, requests: 0, statuses: new Map() }));
    }
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
    const routes = [...this.#routes.values()].sort(
      (a, b) => b.requests - a.requests || compare(a.key, b.key),
    );
    return {
      ...this.#http,
      methods: sorted(this.#methods),
      statuses: sorted(this.#statuses),
      routes: routes.slice(0, MOST_SHOWN).map(({ method, path, requests, statuses }) => ({
        method,
        path,
        requests,
        statuses: sorted(statuses),
      })),
      routesLeftOut: Math.max(0, routes.length - MOST_SHOWN) + this.#routesLost,
    };
  }

  dns() {
    if (this.#dns.queries + this.#dns.responses === 0) return undefined;
    const names = [...this.#names].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
    return {
      ...this.#dns,
      names: Object.fromEntries(names.slice(0, MOST_SHOWN)),
      rcodes: sorted(this.#rcodes),
      namesLeftOut: Math.max(0, names.length - MOST_SHOWN) + this.#namesLost,
    };
  }
}

/** https://www.iana.org/assignments/dns-parameters (RCODEs) */
const rcodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

function rcodeName(rcode: number): string {
  return rcodes[rcode] ?? `RCODE${rcode}`;
}

function increase(counts: Counts, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function sorted(counts: Counts): Record<string, number> {
  if (counts.size < 2) return Object.fromEntries(counts);
  return Object.fromEntries([...counts].sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
