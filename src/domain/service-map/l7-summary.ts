import type { DnsMessage, HttpMessage, L7 } from '../flow/flow.js';
import { rcodes } from '../flow/rcodes.js';
import { Latencies, summarise, type LatencySummary } from '../latencies.js';
import { inOrder } from './counters.js';

/** A map, not an object: names come from the network, and one may be `__proto__`. */
type Counts = Map<string, number>;

interface Http {
  requests: number;
  responses: number;
  methods: Counts;
  statuses: Counts;
}

interface Dns {
  queries: number;
  responses: number;
  rcodes: Counts;
}

/** What an edge carried on layer 7, but for routes and names, of which there may be many (`EdgeDetail`). */
export class L7Summary {
  #answers = 0;
  #latencies: Latencies | undefined;
  #http: Http | undefined;
  #dns: Dns | undefined;

  add(l7: L7, count: number, latencies?: Latencies): void {
    const response = l7.type === 'RESPONSE';
    if (response) this.#answers += count;
    if (latencies !== undefined) (this.#latencies ??= new Latencies()).merge(latencies);
    if (l7.http !== undefined) this.#addHttp(l7.http, response, count);
    if (l7.dns !== undefined) this.#addDns(l7.dns, response, count);
  }

  #addHttp({ method, status }: HttpMessage, response: boolean, count: number): void {
    this.#http ??= { requests: 0, responses: 0, methods: new Map(), statuses: new Map() };
    if (response) {
      this.#http.responses += count;
      increase(this.#http.statuses, String(status), count);
    } else {
      this.#http.requests += count;
      increase(this.#http.methods, method, count);
    }
  }

  #addDns({ rcode }: DnsMessage, response: boolean, count: number): void {
    this.#dns ??= { queries: 0, responses: 0, rcodes: new Map() };
    if (response) {
      this.#dns.responses += count;
      increase(this.#dns.rcodes, rcodeName(rcode), count);
    } else this.#dns.queries += count;
  }

  http() {
    if (this.#http === undefined) return undefined;
    const { requests, responses, methods, statuses } = this.#http;
    return { requests, responses, methods: inOrder(methods), statuses: inOrder(statuses) };
  }

  dns() {
    if (this.#dns === undefined) return undefined;
    const { queries, responses, rcodes } = this.#dns;
    return { queries, responses, rcodes: inOrder(rcodes) };
  }

  /** Undefined where there was no answer. */
  latency(): LatencySummary | undefined {
    return this.#answers === 0 ? undefined : summarise(this.#latencies, this.#answers);
  }
}

function rcodeName(rcode: number): string {
  return rcodes[rcode] ?? `RCODE${rcode}`;
}

function increase(counts: Counts, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
