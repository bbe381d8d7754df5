import type { DnsMessage, HttpMessage, L7 } from '../flow/flow.js';
import { rcodes } from '../flow/rcodes.js';
import { Latencies, summarise, type LatencySummary } from '../latencies.js';
import { inOrder } from './counters.js';

/** A map, not an object: names come from the network, and one may be `__proto__`. */
type Counts = Map<string, number>;

/** What an edge carried on layer 7, but for routes and names, of which there may be many (`EdgeDetail`). */
export class L7Summary {
  #answers = 0;
  #latencies: Latencies | undefined;
  readonly #methods: Counts = new Map();
  readonly #statuses: Counts = new Map();
  readonly #rcodes: Counts = new Map();
  readonly #http = { requests: 0, responses: 0 };
  readonly #dns = { queries: 0, responses: 0 };

  add(l7: L7, count: number, latencies?: Latencies): void {
    const response = l7.type === 'RESPONSE';
    if (response) this.#answers += count;
    if (latencies !== undefined) (this.#latencies ??= new Latencies()).merge(latencies);
    if (l7.http !== undefined) this.#addHttp(l7.http, response, count);
    if (l7.dns !== undefined) this.#addDns(l7.dns, response, count);
  }

  #addHttp({ method, status }: HttpMessage, response: boolean, count: number): void {
    if (response) {
      this.#http.responses += count;
      increase(this.#statuses, String(status), count);
    } else {
      this.#http.requests += count;
      increase(this.#methods, method, count);
    }
  }

  #addDns({ rcode }: DnsMessage, response: boolean, count: number): void {
    if (response) {
      this.#dns.responses += count;
      increase(this.#rcodes, rcodeName(rcode), count);
    } else this.#dns.queries += count;
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
}

function rcodeName(rcode: number): string {
  return rcodes[rcode] ?? `RCODE${rcode}`;
}

function increase(counts: Counts, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
