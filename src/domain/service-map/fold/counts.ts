import { parseTimestamp } from '../../flow/timestamp.js';
import type { MapEdge } from '../service-map.js';

/** Counts of several edges together. */
export interface Counts {
  edges: number;
  verdicts: Record<string, number>;
  dropReasons: Record<string, number>;
}

/** A drawn edge may stand for several. */
export type FoldedEdge = MapEdge & { members?: number };

/** Counts by name, added up. Names come from the network, and one may be `__proto__`: so it is no object that grows. */
export class NamedCounts {
  readonly #counts = new Map<string, number>();

  add(counts: Readonly<Record<string, number>>): void {
    for (const name in counts) this.#counts.set(name, (this.#counts.get(name) ?? 0) + (counts[name] ?? 0));
  }

  record(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

/** Edges, added up. */
export class EdgeCounts {
  readonly #verdicts = new NamedCounts();
  readonly #dropReasons = new NamedCounts();
  #edges = 0;

  get edges(): number {
    return this.#edges;
  }

  add({ members = 1, verdicts, dropReasons }: FoldedEdge): void {
    this.#edges += members;
    this.#verdicts.add(verdicts);
    this.#dropReasons.add(dropReasons);
  }

  counts(): Counts {
    return {
      edges: this.#edges,
      verdicts: this.#verdicts.record(),
      dropReasons: this.#dropReasons.record(),
    };
  }
}

export function earlier(a: string, b: string): string {
  return isBefore(b, a) ? b : a;
}

export function later(a: string, b: string): string {
  return isBefore(a, b) ? b : a;
}

/** `2026-06-01T10:00:00`: fractions of seconds behind it have as many digits as they need. */
const SECONDS = 19;

function isBefore(a: string, b: string): boolean {
  const [second, other] = [a.slice(0, SECONDS), b.slice(0, SECONDS)];
  return second === other ? nanoseconds(a) < nanoseconds(b) : second < other;
}

function nanoseconds(time: string): bigint {
  return parseTimestamp(time) ?? 0n;
}
