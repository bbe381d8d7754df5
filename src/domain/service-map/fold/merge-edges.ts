import { hash } from 'node:crypto';
import type { MapEdge } from '../service-map.js';
import { added, earlier, later, type FoldedEdge } from './counts.js';
import { detailsOf, mergedDetails } from './merge-details.js';

/** Edges between the ends that are drawn: those that are alike by now, down to the port, become one. */
export function mergeEdges(edges: readonly MapEdge[], drawnAs: ReadonlyMap<string, string>): FoldedEdge[] {
  const merged = new Map<string, FoldedEdge>();
  const alone: FoldedEdge[] = [];
  for (const edge of edges) {
    const source = drawnAs.get(edge.source);
    const target = drawnAs.get(edge.target);
    if (source === undefined && target === undefined) {
      alone.push(edge);
      continue;
    }
    const moved = { ...edge, source: source ?? edge.source, target: target ?? edge.target };
    const key = `${moved.source}\n${moved.target}\n${edge.protocol}\n${edge.port ?? ''}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? first(key, moved) : both(known, moved));
  }
  return [...alone, ...merged.values()];
}

/** What does not add up is left out: quantiles, and shares of what edges without a share did not tell. */
function first(key: string, edge: MapEdge): FoldedEdge {
  const { source, target, protocol, port, verdicts, dropReasons, points, firstSeen, lastSeen } = edge;
  return {
    id: `group:${hash('sha256', key, 'base64url').slice(0, 20)}`,
    ...{ source, target, protocol, port, verdicts, dropReasons, points, firstSeen, lastSeen },
    ...detailsOf(edge),
    members: 1,
  };
}

function both(known: FoldedEdge, edge: MapEdge): FoldedEdge {
  return {
    ...known,
    verdicts: added(known.verdicts, edge.verdicts),
    dropReasons: added(known.dropReasons, edge.dropReasons),
    points: added(known.points, edge.points),
    firstSeen: earlier(known.firstSeen, edge.firstSeen),
    lastSeen: later(known.lastSeen, edge.lastSeen),
    ...mergedDetails(known, edge),
    members: (known.members ?? 1) + 1,
  };
}
