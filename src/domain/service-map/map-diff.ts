import type { Steps } from '../steps.js';
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
export function* diffMaps(a: MapSide, b: MapSide, thresholds: Thresholds): Steps<MapDiff> {
  const lengths = { a: a.minutes, b: b.minutes };
  const scale = scaleOf(lengths);
  const gone = yield* notIn(a.edges, b.edges);
  const come = yield* notIn(b.edges, a.edges);
  const removed = yield* lone(gone, scale, come);
  const added = yield* lone(come, 1 / scale, gone);
  const changed = yield* changedEdges(a.edges, b.edges, lengths, thresholds);
  const nodes = { added: yield* notIn(b.nodes, a.nodes), removed: yield* notIn(a.nodes, b.nodes) };
  const others = yield* othersOf([added, removed, changed], nodes, [...a.nodes, ...b.nodes]);
  return {
    nodes: { ...nodes, others },
    edges: { added, removed, changed, alike: b.edges.length - added.length - changed.length },
  };
}

function* notIn<T extends { id: string }>(list: readonly T[], others: readonly T[]): Steps<T[]> {
  const ids = new Set<string>();
  for (const { id } of others) {
    ids.add(id);
    yield;
  }
  const left: T[] = [];
  for (const item of list) {
    if (!ids.has(item.id)) left.push(item);
    yield;
  }
  return left;
}

function* lone(edges: readonly MapEdge[], scale: number, others: readonly MapEdge[]): Steps<LoneEdge[]> {
  const opposite = new Map<string, boolean>();
  for (const edge of others) {
    const { source, target } = edge;
    const key = wayOf(edge, target, source);
    opposite.set(key, opposite.get(key) === true || isGuessed(edge));
    yield;
  }
  const told: LoneEdge[] = [];
  for (const edge of edges) {
    const guessed = opposite.get(wayOf(edge, edge.source, edge.target));
    told.push({
      ...edge,
      ...(mayBeChance(flowsOf(edge), scale) && { faint: true }),
      ...(guessed !== undefined && (guessed || isGuessed(edge)) && { turned: true }),
    });
    yield;
  }
  return told;
}

function wayOf({ protocol }: MapEdge, from: string, to: string): string {
  return `${from}\n${to}\n${protocol}`;
}

function isGuessed({ inferred }: MapEdge): boolean {
  return inferred?.includes('direction') === true;
}

function* changedEdges(
  a: readonly MapEdge[],
  b: readonly MapEdge[],
  lengths: Lengths,
  thresholds: Thresholds,
): Steps<ChangedEdge[]> {
  const before = new Map<string, MapEdge>();
  for (const edge of a) {
    before.set(edge.id, edge);
    yield;
  }
  const changed: ChangedEdge[] = [];
  for (const edge of b) {
    yield;
    const known = before.get(edge.id);
    const changes = known && changesOf(known, edge, lengths, thresholds);
    if (known === undefined || changes === undefined) continue;
    const { id, source, target, protocol, port } = edge;
    changed.push({ id, source, target, protocol, port, changes, a: known, b: edge });
  }
  return changed;
}

function* othersOf(
  lists: readonly (readonly Pick<MapEdge, 'source' | 'target'>[])[],
  { added, removed }: Pick<MapDiff['nodes'], 'added' | 'removed'>,
  nodes: readonly MapNode[],
): Steps<MapNode[]> {
  const wanted = new Set<string>();
  for (const edges of lists) {
    for (const { source, target } of edges) {
      wanted.add(source).add(target);
      yield;
    }
  }
  for (const { id } of [...added, ...removed]) wanted.delete(id);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return [...wanted].sort().flatMap((id) => byId.get(id) ?? []);
}
