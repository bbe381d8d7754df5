import { droppedOf } from '../map/edge-class.js';
import type { Dashboard } from '../state/use-dashboard.js';
import { plural } from './format.js';

/** The map in one sentence, to be read out when it changes. */
export function summary({ map, graph, live }: Dashboard): string {
  if (live.connection !== 'connected') return `Live updates are ${live.connection}.`;
  if (!map) return '';
  const dropped = graph.edges.filter((edge) => droppedOf(edge) > 0).length;
  return `Map: ${plural(graph.nodes.length, 'node')}, ${plural(graph.edges.length, 'edge')}, ${plural(dropped, 'edge')} with drops.`;
}
