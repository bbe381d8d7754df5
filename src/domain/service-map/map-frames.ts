import type { Steps } from '../steps.js';
import type { DrawnMap, MapEdge, MapNode } from './service-map.js';

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

  *next({ nodes, edges }: Pick<DrawnMap, 'nodes' | 'edges'>): Steps<FrameChanges> {
    return { nodes: yield* this.#nodes.turnTo(nodes), edges: yield* this.#edges.turnTo(edges) };
  }
}

class Kept<T extends { id: string }> {
  #texts = new Map<string, string>();

  *turnTo(list: readonly T[]): Steps<FrameChange<T>> {
    const texts = new Map<string, string>();
    const upsert: T[] = [];
    for (const item of list) {
      const text = JSON.stringify(item);
      texts.set(item.id, text);
      if (this.#texts.get(item.id) !== text) upsert.push(item);
      yield;
    }
    const remove: string[] = [];
    for (const id of this.#texts.keys()) {
      if (!texts.has(id)) remove.push(id);
      yield;
    }
    this.#texts = texts;
    return { upsert, remove };
  }
}
