import { parseTimestamp } from '../../flow/timestamp.js';
import type { MapEdge } from '../service-map.js';

/** Counts of several edges together. */
export interface Counts {
  edges: number;
  verdicts: Record<string, number>;
  dropReasons: Record<string, number>;
}

export const nothing: Counts = { edges: 0, verdicts: {}, dropReasons: {} };

/** A drawn edge may stand for several. */
export type FoldedEdge = MapEdge & { members?: number };

export function addEdge({ edges, verdicts, dropReasons }: Counts, edge: FoldedEdge): Counts {
  return {
    edges: edges + (edge.members ?? 1),
    verdicts: added(verdicts, edge.verdicts),
    dropReasons: added(dropReasons, edge.dropReasons),
  };
}

/** Reasons come from the network, and one may be `__proto__`: so entries, which are no assignments. */
export function added(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sums = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

export function earlier(a: string, b: string): string {
  return nanoseconds(b) < nanoseconds(a) ? b : a;
}

export function later(a: string, b: string): string {
  return nanoseconds(b) > nanoseconds(a) ? b : a;
}

function nanoseconds(time: string): bigint {
  return parseTimestamp(time) ?? 0n;
}
