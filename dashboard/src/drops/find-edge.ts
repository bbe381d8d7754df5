import type { DropGroup } from '../../../src/drops/drops.schema.js';
import type { MapEdge } from '../../../src/service-map/service-map.schema.js';

/** The edge of a map of workloads that a group of drops lies on. */
export function findEdge(edges: Iterable<MapEdge>, group: DropGroup): MapEdge | null {
  for (const edge of edges) {
    if (
      edge.source === group.source &&
      edge.target === group.destination &&
      edge.port === (group.port ?? null) &&
      (group.protocol === undefined || edge.protocol === group.protocol)
    ) {
      return edge;
    }
  }
  return null;
}
