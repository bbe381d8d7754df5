import type { MapEdge } from '../service-map.js';
import { NamedCounts } from './counts.js';

/** What some edges tell, and adds up. */
type Details = Pick<MapEdge, 'http' | 'dns' | 'tcp' | 'auth' | 'policies' | 'inferred'>;

/** What edges tell beside their counts, together: of those that tell it. */
export class MergedDetails {
  #http: HttpSum | undefined;
  #dns: DnsSum | undefined;
  #tcp: MapEdge['tcp'];
  #auth: NamedCounts | undefined;
  #policies: { allowedBy: Set<string>; deniedBy: Set<string> } | undefined;
  #inferred: Set<string> | undefined;

  add({ http, dns, tcp, auth, policies, inferred }: Details): void {
    if (http !== undefined) (this.#http ??= new HttpSum()).add(http);
    if (dns !== undefined) (this.#dns ??= new DnsSum()).add(dns);
    if (tcp !== undefined) this.#addTcp(tcp);
    if (auth !== undefined) (this.#auth ??= new NamedCounts()).add(auth);
    if (policies !== undefined) {
      const known = (this.#policies ??= { allowedBy: new Set(), deniedBy: new Set() });
      for (const name of policies.allowedBy) known.allowedBy.add(name);
      for (const name of policies.deniedBy) known.deniedBy.add(name);
    }
    for (const what of inferred ?? []) (this.#inferred ??= new Set()).add(what);
  }

  #addTcp({ attempts, accepted, resets }: NonNullable<MapEdge['tcp']>): void {
    const known = (this.#tcp ??= { attempts: 0, accepted: 0, resets: 0 });
    known.attempts += attempts;
    // Of one of them nobody told whether it was.
    known.accepted = known.accepted === null || accepted === null ? null : known.accepted + accepted;
    known.resets += resets;
  }

  details(): Details {
    return {
      ...(this.#http && { http: this.#http.sum() }),
      ...(this.#dns && { dns: this.#dns.sum() }),
      ...(this.#tcp && { tcp: this.#tcp }),
      ...(this.#auth && { auth: this.#auth.record() }),
      ...(this.#policies && {
        policies: {
          allowedBy: [...this.#policies.allowedBy].sort(),
          deniedBy: [...this.#policies.deniedBy].sort(),
        },
      }),
      ...(this.#inferred && { inferred: [...this.#inferred].sort() }),
    };
  }
}

type Http = NonNullable<MapEdge['http']>;
type Dns = NonNullable<MapEdge['dns']>;

class HttpSum {
  readonly #methods = new NamedCounts();
  readonly #statuses = new NamedCounts();
  #requests = 0;
  #responses = 0;

  add({ requests, responses, methods, statuses }: Http): void {
    this.#requests += requests;
    this.#responses += responses;
    this.#methods.add(methods);
    this.#statuses.add(statuses);
  }

  sum(): Http {
    return {
      requests: this.#requests,
      responses: this.#responses,
      methods: this.#methods.record(),
      statuses: this.#statuses.record(),
    };
  }
}

class DnsSum {
  readonly #rcodes = new NamedCounts();
  #queries = 0;
  #responses = 0;

  add({ queries, responses, rcodes }: Dns): void {
    this.#queries += queries;
    this.#responses += responses;
    this.#rcodes.add(rcodes);
  }

  sum(): Dns {
    return { queries: this.#queries, responses: this.#responses, rcodes: this.#rcodes.record() };
  }
}
