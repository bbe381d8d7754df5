import { EventType, type Traits } from '../flow/flow.js';
import { inOrder } from './counters.js';

/** Hubble's names for "no authentication asked for". */
const UNAUTHENTICATED = new Set(['', 'DISABLED']);

/**
 * How much of an edge was encrypted by the datapath, which only trace events tell, and how its ends proved who they
 * are, which only policy verdicts tell. (Cilium: `IP.encrypted`, `auth_type`)
 */
export class Protection {
  /** Of trace events. */
  #flows = 0;
  #encrypted = 0;
  #auth: Map<string, number> | undefined;

  add({ eventType, encrypted, authType }: Traits, weight: number): void {
    if (eventType === EventType.trace) {
      this.#flows += weight;
      if (encrypted) this.#encrypted += weight;
    }
    if (UNAUTHENTICATED.has(authType)) return;
    this.#auth ??= new Map<string, number>();
    this.#auth.set(authType, (this.#auth.get(authType) ?? 0) + weight);
  }

  /** Undefined where nothing was. */
  encrypted(): { flows: number; of: number } | undefined {
    return this.#encrypted === 0 ? undefined : { flows: this.#encrypted, of: this.#flows };
  }

  auth(): Record<string, number> | undefined {
    return this.#auth && inOrder(this.#auth);
  }
}
