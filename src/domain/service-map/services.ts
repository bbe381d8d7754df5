import type { ServiceName } from '../flow/flow.js';

/** A Kubernetes Service by which an edge's server was reached. */
export interface ReachedService extends ServiceName {
  /** No record told it of the packets themselves. */
  inferred: boolean;
}

/** How many are told. */
const MOST_TOLD = 50;

export class Services {
  readonly #services = new Map<string, ReachedService>();

  add({ namespace, name }: ServiceName, inferred: boolean): void {
    const key = `${namespace}/${name}`;
    const known = this.#services.get(key);
    if (known === undefined) this.#services.set(key, { namespace, name, inferred });
    else known.inferred &&= inferred;
  }

  /** The first in order of the alphabet. */
  list(): { services: ReachedService[]; servicesLeftOut: number } {
    const services = [...this.#services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    return {
      services: services.slice(0, MOST_TOLD),
      servicesLeftOut: Math.max(0, services.length - MOST_TOLD),
    };
  }
}
