import type { Counter } from './counter.js';
import { Counters } from './counters.js';
import type { EdgeState } from './edge-state.js';

/** A client and a server: their edges, by protocol and port, and what belongs to none of them for sure. */
export class Pair {
  /** Most have one edge only, which needs no Map. */
  #first: { port: number; edge: EdgeState } | undefined;
  #more: Map<number, EdgeState> | undefined;
  /** By protocol: sockets whose record lacks the server's port. They belong to the pair's edge if it has only one. */
  #sockets: Map<string, Counters> | undefined;

  edge(port: number): EdgeState | undefined {
    return this.#first?.port === port ? this.#first.edge : this.#more?.get(port);
  }

  add(port: number, edge: EdgeState): void {
    if (this.#first === undefined) this.#first = { port, edge };
    else (this.#more ??= new Map<number, EdgeState>()).set(port, edge);
  }

  *#edges(): Generator<EdgeState> {
    if (this.#first !== undefined) yield this.#first.edge;
    if (this.#more !== undefined) yield* this.#more.values();
  }

  addSockets(protocol: string, counter: Counter, weight: number): void {
    const sockets = (this.#sockets ??= new Map<string, Counters>());
    let counters = sockets.get(protocol);
    if (counters === undefined) sockets.set(protocol, (counters = new Counters()));
    counters.add(counter, weight);
  }

  /** Those of its edges whose counters change with another edge, or with such sockets. */
  edgesWithSockets(): Iterable<EdgeState> {
    return this.#sockets === undefined ? [] : this.#edges();
  }

  /** What such sockets add to an edge of this protocol. */
  socketsOf(protocol: string): Counters | undefined {
    const sockets = this.#sockets?.get(protocol);
    if (sockets === undefined) return undefined;
    let rivals = 0;
    for (const edge of this.#edges()) {
      if (edge.made && edge.protocol === protocol && ++rivals > 1) return undefined;
    }
    return sockets;
  }
}
