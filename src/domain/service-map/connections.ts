import { readCounter } from './counters.js';

/** How TCP connections began and broke off. */
export interface TcpSummary {
  /** Opened by the client, as far as policy let it. */
  attempts: number;
  /** Accepted by the server; null where no packet of its was seen on this edge, so that nobody can tell. */
  accepted: number | null;
  /** Broken off by either side. */
  resets: number;
}

/** The same packet may be told at several points, so each side counts what the best-placed observer saw. */
interface Seen {
  syns: number;
  resets: number;
}

/** Counts the packets that open, accept and break off connections, each at its point of observation. */
export class Connections {
  readonly #byCounter = new Map<string, Seen>();

  add(counter: string, syns: number, resets: number): void {
    const seen = this.#byCounter.get(counter);
    if (seen === undefined) this.#byCounter.set(counter, { syns, resets });
    else {
      seen.syns += syns;
      seen.resets += resets;
    }
  }

  /** A packet that was dropped opened nothing: drops tell of it. Undefined where nothing else was seen. */
  summary(isServerSeen: boolean): TcpSummary | undefined {
    const client = { syns: 0, resets: 0 };
    const server = { syns: 0, resets: 0 };
    for (const [name, { syns, resets }] of this.#byCounter) {
      const { verdict, reply } = readCounter(name);
      if (verdict === 'dropped') continue;
      const side = reply ? server : client;
      side.syns = Math.max(side.syns, syns);
      side.resets = Math.max(side.resets, resets);
    }
    // What was accepted was attempted, also where nobody saw it.
    const attempts = Math.max(client.syns, server.syns);
    const resets = client.resets + server.resets;
    if (attempts + resets === 0) return undefined;
    return { attempts, accepted: isServerSeen ? server.syns : null, resets };
  }
}
