import type { Steps } from '../../steps.js';
import { byId, sortedById } from '../by-id.js';
import { droppedOf, flowsOf } from '../edge-change.js';
import type { MapEdge, MapNode } from '../service-map.js';
import { EdgeCounts, type Counts, type FoldedEdge } from './counts.js';
import { foldHubs, type HubFold, type HubKind } from './hubs.js';
import { mergeEdges } from './merge-edges.js';
import { foldNodes, groupNode, groupOf, type GroupNode } from './node-groups.js';

/** How much of a map may be drawn. */
export interface FoldLimits {
  hubs: readonly HubKind[];
  maxNodes: number | undefined;
  maxEdges: number | undefined;
}

/** Edges that are not drawn, by where they lead from and to. */
interface EdgeFold extends Counts {
  between: (Counts & { source: string; target: string })[];
  betweenLeftOut: number;
}

export interface FoldedMap {
  nodes: (MapNode | GroupNode)[];
  edges: FoldedEdge[];
  folded: {
    hubs: HubFold[];
    /** Groups that are drawn, each in the place of so many nodes. */
    groups: { id: string; members: number }[];
    edges: EdgeFold;
    /** Nodes that are not drawn because none of their edges is. */
    nodesHidden: number;
  };
}

const MOST_PAIRS = 100;

/** Nothing is lost: what is drawn and what is folded add up to the whole map. */
export function* foldMap(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  { hubs: kinds, maxNodes = Infinity, maxEdges = Infinity }: FoldLimits,
): Steps<FoldedMap> {
  const withoutHubs = yield* foldHubs(nodes, edges, kinds);
  const left = yield* withEdges(nodes, withoutHubs.edges);
  const folded = foldNodes(yield* byImportance(left, withoutHubs.edges), maxNodes);
  const drawnAs = new Map([...folded].map(([id, group]) => [id, group.id]));
  const merged = yield* mergeEdges(withoutHubs.edges, drawnAs);
  const drawn = yield* foremost(merged, maxEdges);
  const groups = groupNodes(left, folded, yield* sumByNode(merged, droppedOf));
  const candidates = [...left.filter(({ id }) => !drawnAs.has(id)), ...groups];
  const shown = (yield* withEdges(candidates, drawn)).sort(byId);
  const shownMembers = shown.reduce((sum, node) => sum + ('members' in node ? node.members : 1), 0);
  return {
    nodes: shown,
    edges: yield* sortedById(drawn),
    folded: {
      hubs: withoutHubs.hubs,
      groups: shown.flatMap((node) => (node.kind === 'group' ? { id: node.id, members: node.members } : [])),
      edges: yield* foldEdges(merged, new Set(drawn), candidates),
      nodesHidden: nodes.length - shownMembers,
    },
  };
}

function* withEdges<T extends { id: string }>(nodes: readonly T[], edges: readonly FoldedEdge[]): Steps<T[]> {
  const ends = new Set<string>();
  for (const { source, target } of edges) {
    ends.add(source).add(target);
    yield;
  }
  return nodes.filter(({ id }) => ends.has(id));
}

/** Drops first, then the busiest; by id where nothing tells them apart, so that the same map folds alike. */
function* byImportance(nodes: readonly MapNode[], edges: readonly MapEdge[]): Steps<MapNode[]> {
  const flows = yield* sumByNode(edges, flowsOf);
  const busy = ({ id }: MapNode) => flows.get(id) ?? 0;
  return [...nodes].sort((a, b) => b.drops - a.drops || busy(b) - busy(a) || byId(a, b));
}

/** Of edges by the nodes that they lead from and to. */
function* sumByNode(
  edges: readonly MapEdge[],
  count: (edge: MapEdge) => number,
): Steps<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  for (const edge of edges) {
    const { source, target } = edge;
    const counted = count(edge);
    sums.set(source, (sums.get(source) ?? 0) + counted);
    if (target !== source) sums.set(target, (sums.get(target) ?? 0) + counted);
    yield;
  }
  return sums;
}

/** Edges that are looked at in one step. */
const AT_ONCE = 256;

/** So many with the most drops, and then of the busiest. */
function* foremost(edges: readonly FoldedEdge[], most: number): Steps<readonly FoldedEdge[]> {
  if (edges.length <= most) return edges;
  let best: FoldedEdge[] = [];
  let next: FoldedEdge[] = [];
  const choose = () => {
    best = [...best, ...next].sort(mostDropped).slice(0, most);
    next = [];
  };
  for (let from = 0; from < edges.length; from += AT_ONCE) {
    const least = best.length < most ? undefined : best.at(-1);
    for (const edge of edges.slice(from, from + AT_ONCE))
      if (least === undefined || mostDropped(edge, least) < 0) next.push(edge);
    // As many as there may be at least, so that large maps are not sorted again and again.
    if (next.length >= most) choose();
    yield;
  }
  choose();
  return best;
}

function mostDropped(a: MapEdge, b: MapEdge): number {
  return droppedOf(b) - droppedOf(a) || flowsOf(b) - flowsOf(a) || byId(a, b);
}

function groupNodes(
  nodes: readonly MapNode[],
  folded: ReturnType<typeof foldNodes>,
  drops: ReadonlyMap<string, number>,
): GroupNode[] {
  const members = new Map<string, MapNode[]>();
  for (const node of nodes) {
    const group = folded.get(node.id);
    if (group === undefined) continue;
    const known = members.get(group.id);
    if (known === undefined) members.set(group.id, [node]);
    else known.push(node);
  }
  const groups = new Map([...folded.values()].map((group) => [group.id, group]));
  return [...groups].map(([id, group]) => groupNode(group, members.get(id) ?? [], drops.get(id) ?? 0));
}

/** Those that are not drawn. */
function* foldEdges(
  edges: readonly FoldedEdge[],
  drawn: ReadonlySet<FoldedEdge>,
  nodes: readonly (MapNode | GroupNode)[],
): Steps<EdgeFold> {
  const groups = new Map(nodes.map((node) => [node.id, node.kind === 'group' ? node.id : groupOf(node).id]));
  const sum = new EdgeCounts();
  const pairs = new Map<string, { source: string; target: string; sum: EdgeCounts }>();
  for (const edge of edges) {
    yield;
    if (drawn.has(edge)) continue;
    const [source, target] = [groups.get(edge.source) ?? edge.source, groups.get(edge.target) ?? edge.target];
    const key = `${source}
${target}`;
    let pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, (pair = { source, target, sum: new EdgeCounts() }));
    pair.sum.add(edge);
    sum.add(edge);
  }
  const between = [...pairs].sort(
    ([a, one], [b, other]) => other.sum.edges - one.sum.edges || (a < b ? -1 : 1),
  );
  return {
    ...sum.counts(),
    between: between
      .slice(0, MOST_PAIRS)
      .map(([, { source, target, sum: counted }]) => ({ source, target, ...counted.counts() })),
    betweenLeftOut: Math.max(0, between.length - MOST_PAIRS),
  };
}
