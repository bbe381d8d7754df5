import type { Counter } from './counter.js';
import { Counters } from './counters.js';
import type { EdgeState } from './edge-state.js';

/** A client and a server: their edges, by protocol and port, and what belongs to none of them for sure. */
export class Pair {
  readonly #edges = new Map<number, EdgeState>();
  /** By protocol: sockets whose record lacks the server's port. They belong to the pair's edge if it has only one. */
  #sockets: Map<string, Counters> | undefined;

  edge(port: number): EdgeState | undefined {
    return this.#edges.get(port);
  }

  add(port: number, edge: EdgeState): void {
    this.#edges.set(port, edge);
  }

  addSockets(protocol: string, counter: Counter, weight: number): void {
    const sockets = (this.#sockets ??= new Map<string, Counters>());
    let counters = sockets.get(protocol);
    if (counters === undefined) sockets.set(protocol, (counters = new Counters()));
    counters.add(counter, weight);
  }

  /** Those of its edges whose counters change with another edge, or with such sockets. */
  edgesWithSockets(): Iterable<EdgeState> {
    return this.#sockets === undefined ? [] : this.#edges.values();
  }

  /** What such sockets add to an edge of this protocol. */
  socketsOf(protocol: string): Counters | undefined {
    const sockets = this.#sockets?.get(protocol);
    if (sockets === undefined) return undefined;
    let rivals = 0;
    for (const edge of this.#edges.values()) {
      if (edge.made && edge.protocol === protocol && ++rivals > 1) return undefined;
    }
    return sockets;
  }
}
