import type { Endpoint } from '../flow/flow.js';
import type { NodeIdentity } from '../flow/node-identity.js';

/** What is known of one node of the map: the union of its endpoints' lives, what their labels have in common. */
export class NodeState {
  #labels: readonly string[] | undefined;
  readonly #seen = new WeakSet<Endpoint>();
  #first: bigint | undefined;
  #last: bigint | undefined;

  constructor(readonly identity: NodeIdentity) {}

  add(endpoint: Endpoint, first: bigint, last: bigint): void {
    if (this.#first === undefined || first < this.#first) this.#first = first;
    if (this.#last === undefined || last > this.#last) this.#last = last;
    if (this.#seen.has(endpoint)) return;
    this.#seen.add(endpoint);
    // A masked record has no labels; that says nothing about the others'.
    if (endpoint.labels.length === 0) return;
    this.#labels =
      this.#labels?.filter((label) => endpoint.labels.includes(label)) ?? [...endpoint.labels].sort();
  }

  get labels(): readonly string[] {
    return this.#labels ?? [];
  }

  get first(): bigint {
    return this.#first ?? 0n;
  }

  get last(): bigint {
    return this.#last ?? 0n;
  }
}
