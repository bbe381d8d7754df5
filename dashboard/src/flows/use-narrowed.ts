import type { EdgeDetail, MapEdge } from '../../../src/service-map/service-map.schema.js';
import { fetchEdge, filterKey, grainKey } from '../api/queries.js';
import { portLabel } from '../map/edge-class.js';
import { nodeFullName } from '../map/node-words.js';
import type { Dashboard } from '../state/use-dashboard.js';
import { useLoaded } from '../state/use-loaded.js';
import type { Selection } from '../state/view-state.js';
import { flowsOfEdge, flowsOfNode } from './flows-of.js';

interface Narrowed {
  query: string;
  words: string;
}

/** What is selected on the map, as a question for its flows; an endpoint nobody could name cannot be asked for. */
export function useNarrowed(
  { map, grain, filter }: Dashboard,
  selected: Selection | null,
): { narrowed: Narrowed | null; loading: boolean } {
  const edge = selected?.kind === 'edge' ? map?.edges.get(selected.id) : undefined;
  const key = edge ? [edge.id, grainKey(grain), filterKey(filter)].join('\n') : '';
  // Once: other examples would be another question, and the pages that are shown belong to this one.
  const detail = useLoaded(
    async (signal) => (edge ? fetchEdge(edge.id, grain, filter, signal) : null),
    key,
    0,
    0,
  );
  if (!map || !selected) return { narrowed: null, loading: false };
  if (edge) {
    const loading = detail.data === null && detail.error === null;
    return { narrowed: loading ? null : ofEdge(edge, map.nodes, detail.data?.examples ?? []), loading };
  }
  const node = selected.kind === 'node' ? map.nodes.get(selected.id) : undefined;
  const query = node ? flowsOfNode(node) : null;
  const narrowed = node && query ? { query, words: `flows from or to ${nodeFullName(node)}` } : null;
  return { narrowed, loading: false };
}

function ofEdge(
  edge: MapEdge,
  nodes: NonNullable<Dashboard['map']>['nodes'],
  examples: EdgeDetail['examples'],
): Narrowed | null {
  const [source, target] = [nodes.get(edge.source), nodes.get(edge.target)];
  const query = source && target ? flowsOfEdge(edge, source, target, examples) : null;
  if (!source || !target || query === null) return null;
  return { query, words: `flows of ${nodeFullName(source)} → ${nodeFullName(target)} ${portLabel(edge)}` };
}
