import { mayBeChance } from './chance.js';
import {
  changesOf,
  flowsOf,
  scaleOf,
  type EdgeChanges,
  type Lengths,
  type Thresholds,
} from './edge-change.js';
import type { MapEdge, MapNode } from './service-map.js';

/** The map of one window. */
export interface MapSide {
  nodes: readonly MapNode[];
  edges: readonly MapEdge[];
  /** Of the window, as far as something was recorded. */
  minutes: number;
}

/** An edge that only one window has. */
export type LoneEdge = MapEdge & {
  /** So few flows tell of it that it may be missing from the other window by chance. */
  faint?: true;
  /** The other window has one the other way round, and of one of the two it was guessed who is the client. */
  turned?: true;
};

/** An edge of both windows that is not what it was. */
export interface ChangedEdge extends Pick<MapEdge, 'id' | 'source' | 'target' | 'protocol' | 'port'> {
  changes: EdgeChanges;
  a: MapEdge;
  b: MapEdge;
}

export interface MapDiff {
  nodes: {
    added: MapNode[];
    removed: MapNode[];
    /** The other ends of the edges told here, as b has them. */
    others: MapNode[];
  };
  edges: {
    added: LoneEdge[];
    removed: LoneEdge[];
    changed: ChangedEdge[];
    /** How many are in both, with nothing to tell. */
    alike: number;
  };
}

/** From a to b. */
export function diffMaps(a: MapSide, b: MapSide, thresholds: Thresholds): MapDiff {
  const lengths = { a: a.minutes, b: b.minutes };
  const scale = scaleOf(lengths);
  const [gone, come] = [notIn(a.edges, b.edges), notIn(b.edges, a.edges)];
  const removed = lone(gone, scale, come);
  const added = lone(come, 1 / scale, gone);
  const changed = changedEdges(a.edges, b.edges, lengths, thresholds);
  const nodes = { added: notIn(b.nodes, a.nodes), removed: notIn(a.nodes, b.nodes) };
  const told = [...added, ...removed, ...changed];
  return {
    nodes: { ...nodes, others: othersOf(told, nodes, [...a.nodes, ...b.nodes]) },
    edges: { added, removed, changed, alike: b.edges.length - added.length - changed.length },
  };
}

function notIn<T extends { id: string }>(list: readonly T[], others: readonly T[]): T[] {
  const ids = new Set(others.map(({ id }) => id));
  return list.filter(({ id }) => !ids.has(id));
}

function lone(edges: readonly MapEdge[], scale: number, others: readonly MapEdge[]): LoneEdge[] {
  const opposite = new Map<string, boolean>();
  for (const edge of others) {
    const { source, target } = edge;
    const key = wayOf(edge, target, source);
    opposite.set(key, opposite.get(key) === true || isGuessed(edge));
  }
  return edges.map((edge) => {
    const guessed = opposite.get(wayOf(edge, edge.source, edge.target));
    return {
      ...edge,
      ...(mayBeChance(flowsOf(edge), scale) && { faint: true }),
      ...(guessed !== undefined && (guessed || isGuessed(edge)) && { turned: true }),
    };
  });
}

function wayOf({ protocol }: MapEdge, from: string, to: string): string {
  return `${from}\n${to}\n${protocol}`;
}

function isGuessed({ inferred }: MapEdge): boolean {
  return inferred?.includes('direction') === true;
}

function changedEdges(
  a: readonly MapEdge[],
  b: readonly MapEdge[],
  lengths: Lengths,
  thresholds: Thresholds,
): ChangedEdge[] {
  const before = new Map(a.map((edge) => [edge.id, edge]));
  return b.flatMap((edge) => {
    const known = before.get(edge.id);
    const changes = known && changesOf(known, edge, lengths, thresholds);
    if (known === undefined || changes === undefined) return [];
    const { id, source, target, protocol, port } = edge;
    return [{ id, source, target, protocol, port, changes, a: known, b: edge }];
  });
}

function othersOf(
  edges: readonly Pick<MapEdge, 'source' | 'target'>[],
  { added, removed }: Pick<MapDiff['nodes'], 'added' | 'removed'>,
  nodes: readonly MapNode[],
): MapNode[] {
  const wanted = new Set(edges.flatMap(({ source, target }) => [source, target]));
  for (const { id } of [...added, ...removed]) wanted.delete(id);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return [...wanted].sort().flatMap((id) => byId.get(id) ?? []);
}
