import { useMemo } from 'react';
import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import type { HeldMap } from '../../../src/live/live-client.js';
import { droppedOf, isDns } from './edge-class.js';

export interface Graph {
  nodes: MapNode[];
  edges: MapEdge[];
}

export interface Hiding {
  hideDns: boolean;
  onlyDrops: boolean;
}

/** What the toggles leave of the map. A node that lost all its edges to a toggle goes with them. */
function visibleGraph(map: HeldMap, { hideDns, onlyDrops }: Hiding): Graph {
  const edges = [...map.edges.values()].filter(
    (edge) =>
      map.nodes.has(edge.source) &&
      map.nodes.has(edge.target) &&
      !(hideDns && isDns(edge)) &&
      !(onlyDrops && droppedOf(edge) === 0),
  );
  const nodes = [...map.nodes.values()];
  if (!hideDns && !onlyDrops) return { nodes, edges };
  const used = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  return { nodes: nodes.filter((node) => used.has(node.id)), edges };
}

const nothing: Graph = { nodes: [], edges: [] };

export function useVisibleGraph(map: HeldMap | null, { hideDns, onlyDrops }: Hiding): Graph {
  return useMemo(
    () => (map ? visibleGraph(map, { hideDns, onlyDrops }) : nothing),
    [map?.nodes, map?.edges, hideDns, onlyDrops],
  );
}
