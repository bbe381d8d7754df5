import type { MapChange, MapSnapshot } from '../../../src/live/live-events.js';
import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';

/** The map as this client holds it after a snapshot and any number of changes. */
export interface HeldMap {
  nodes: ReadonlyMap<string, MapNode>;
  edges: ReadonlyMap<string, MapEdge>;
}

interface Change<T> {
  upsert: T[];
  remove: string[];
}

export function fromSnapshot(snapshot: MapSnapshot): HeldMap {
  return { nodes: byId(snapshot.nodes), edges: byId(snapshot.edges) };
}

/** Values in a change are absolute, so applying one twice does no harm. */
export function applyChange(map: HeldMap, change: MapChange): HeldMap {
  return { nodes: applyTo(map.nodes, change.nodes), edges: applyTo(map.edges, change.edges) };
}

function byId<T extends { id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function applyTo<T extends { id: string }>(
  held: ReadonlyMap<string, T>,
  change: Change<T>,
): ReadonlyMap<string, T> {
  if (change.upsert.length === 0 && change.remove.length === 0) return held;
  const next = new Map(held);
  for (const id of change.remove) next.delete(id);
  for (const item of change.upsert) next.set(item.id, item);
  return next;
}
