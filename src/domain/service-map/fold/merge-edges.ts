import { hash } from 'node:crypto';
import type { Steps } from '../../steps.js';
import type { MapEdge } from '../service-map.js';
import { EdgeCounts, earlier, later, NamedCounts, type FoldedEdge } from './counts.js';
import { MergedDetails } from './merge-details.js';

/** Edges between the ends that are drawn: those that are alike by now, down to the port, become one. */
export function* mergeEdges(
  edges: readonly MapEdge[],
  drawnAs: ReadonlyMap<string, string>,
): Steps<FoldedEdge[]> {
  const merged = new Map<string, MergedEdge>();
  const drawn: FoldedEdge[] = [];
  for (const edge of edges) {
    yield;
    const source = drawnAs.get(edge.source);
    const target = drawnAs.get(edge.target);
    if (source === undefined && target === undefined) {
      drawn.push(edge);
      continue;
    }
    const ends = { source: source ?? edge.source, target: target ?? edge.target };
    const key = `${ends.source}\n${ends.target}\n${edge.protocol}\n${edge.port ?? ''}`;
    let known = merged.get(key);
    if (known === undefined) merged.set(key, (known = new MergedEdge(ends, edge)));
    known.add(edge);
  }
  for (const [key, edge] of merged) {
    drawn.push(edge.drawn(key));
    yield;
  }
  return drawn;
}

/** What does not add up is left out: quantiles, and shares of what edges without a share did not tell. */
class MergedEdge {
  readonly #counts = new EdgeCounts();
  readonly #points = new NamedCounts();
  readonly #details = new MergedDetails();
  #firstSeen: string;
  #lastSeen: string;

  constructor(
    private readonly ends: Pick<MapEdge, 'source' | 'target'>,
    private readonly like: MapEdge,
  ) {
    this.#firstSeen = like.firstSeen;
    this.#lastSeen = like.lastSeen;
  }

  add(edge: MapEdge): void {
    this.#counts.add(edge);
    this.#points.add(edge.points);
    this.#details.add(edge);
    this.#firstSeen = earlier(this.#firstSeen, edge.firstSeen);
    this.#lastSeen = later(this.#lastSeen, edge.lastSeen);
  }

  drawn(key: string): FoldedEdge {
    const { protocol, port } = this.like;
    const { edges, verdicts, dropReasons } = this.#counts.counts();
    return {
      id: `group:${hash('sha256', key, 'base64url').slice(0, 20)}`,
      ...this.ends,
      ...{ protocol, port, verdicts, dropReasons },
      points: this.#points.record(),
      firstSeen: this.#firstSeen,
      lastSeen: this.#lastSeen,
      ...this.#details.details(),
      members: edges,
    };
  }
}
