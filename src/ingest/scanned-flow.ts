import type { Endpoint, Flow, L7, Policies, Traits } from '../domain/flow/flow.js';
import { bytesOf, formatUuid, type FlowKey } from '../domain/flow/flow-key.js';

/**
 * A flow as the slots of a record tell it, to be filled again for the next one. The store takes the
 * key that its uuid is: hardly anybody asks for its text.
 */
export class ScannedFlow implements Flow {
  #key: FlowKey | undefined;
  time: bigint | undefined;
  source!: Endpoint;
  destination!: Endpoint;
  sourcePort = 0;
  destinationPort = 0;
  traits!: Traits;
  policies!: Policies;
  l7: L7 | undefined;
  latency = 0;
  isPaired = false;
  node = '';
  nodeLabels: readonly string[] = [];
  weight = 1;

  get uuid(): string {
    return this.#key === undefined ? '' : formatUuid(bytesOf(this.#key), 0);
  }

  set key(key: FlowKey | undefined) {
    this.#key = key;
  }
}
