import { Graph, layout } from '@dagrejs/dagre';
import type { Point, Size } from './geometry.js';

export interface Link {
  source: string;
  target: string;
  /** Room that its label needs between two layers. */
  label: Size;
  /** Everyone asks DNS: such an edge says nothing about who stands left of whom. */
  aside: boolean;
}

export interface Placed {
  size: Size;
  /** Centres, from the upper left corner. */
  points: Map<string, Point>;
}

export interface Spacing {
  nodesep: number;
  ranksep: number;
  edgesep: number;
}

interface Pair {
  from: string;
  to: string;
  weight: number;
  label: Size;
}

/** Layers from left to right. Names go in as numbers: the library keeps them as object keys. */
export function layered(
  sizes: readonly (readonly [string, Size])[],
  links: readonly Link[],
  spacing: Spacing,
): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', acyclicer: 'greedy', ranker: 'network-simplex', ...spacing });
  const keys = new Map(sizes.map(([id], index) => [id, String(index)]));
  sizes.forEach(([, { width, height }], index) => graph.setNode(String(index), { width, height }));
  for (const { from, to, weight, label } of pairsOf(links, keys)) {
    graph.setEdge(from, to, { ...label, labelpos: 'c', weight });
  }
  layout(graph);
  const points = new Map<string, Point>();
  for (const [id, key] of keys) {
    const { x, y } = graph.node(key) as Point;
    points.set(id, { x, y });
  }
  const { width, height } = graph.graph() as Size;
  return { points, size: { width, height } };
}

/** One link for each pair, heavier the more there are. */
function pairsOf(links: readonly Link[], keys: ReadonlyMap<string, string>): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { source, target, label, aside } of links) {
    const [from, to] = [keys.get(source), keys.get(target)];
    if (from === undefined || to === undefined || from === to) continue;
    const known = pairs.get(`${from} ${to}`);
    pairs.set(`${from} ${to}`, {
      from,
      to,
      weight: (known?.weight ?? 0) + (aside ? 1 : 4),
      label: {
        width: Math.max(label.width, known?.label.width ?? 0),
        height: label.height + (known?.label.height ?? 0),
      },
    });
  }
  return [...pairs.values()];
}
