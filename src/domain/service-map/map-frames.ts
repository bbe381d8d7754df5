import type { MapEdge, MapNode } from './service-map.js';

export interface FrameChange<T> {
  upsert: T[];
  remove: string[];
}

/** What leads from one map to the next one: nodes and edges whole, where anything about them is another. */
export interface FrameChanges {
  nodes: FrameChange<MapNode>;
  edges: FrameChange<MapEdge>;
}

/** Maps of one span of time after another, each told by what differs from the one before; the first one is all new. */
export class MapFrames {
  readonly #nodes = new Kept<MapNode>();
  readonly #edges = new Kept<MapEdge>();

  next(nodes: readonly MapNode[], edges: readonly MapEdge[]): FrameChanges {
    return { nodes: this.#nodes.turnTo(nodes), edges: this.#edges.turnTo(edges) };
  }
}

class Kept<T extends { id: string }> {
  #texts = new Map<string, string>();

  turnTo(list: readonly T[]): FrameChange<T> {
    const texts = new Map(list.map((item) => [item.id, JSON.stringify(item)]));
    const upsert = list.filter(({ id }) => this.#texts.get(id) !== texts.get(id));
    const remove = [...this.#texts.keys()].filter((id) => !texts.has(id));
    this.#texts = texts;
    return { upsert, remove };
  }
}
