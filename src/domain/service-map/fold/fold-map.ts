import { droppedOf, flowsOf } from '../edge-change.js';
import type { MapEdge, MapNode } from '../service-map.js';
import { addEdge, nothing, type Counts, type FoldedEdge } from './counts.js';
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
export function foldMap(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  { hubs: kinds, maxNodes = Infinity, maxEdges = Infinity }: FoldLimits,
): FoldedMap {
  const withoutHubs = foldHubs(nodes, edges, kinds);
  const left = withEdges(nodes, withoutHubs.edges);
  const folded = foldNodes(byImportance(left, withoutHubs.edges), maxNodes);
  const drawnAs = new Map([...folded].map(([id, group]) => [id, group.id]));
  const merged = mergeEdges(withoutHubs.edges, drawnAs).sort(mostDropped);
  const [drawn, rest] = [merged.slice(0, maxEdges), merged.slice(maxEdges)];
  const groups = groupNodes(left, folded, merged);
  const candidates = [...left.filter(({ id }) => !drawnAs.has(id)), ...groups];
  const shown = withEdges(candidates, drawn);
  const shownMembers = shown.reduce((sum, node) => sum + ('members' in node ? node.members : 1), 0);
  return {
    nodes: shown.sort(byId),
    edges: drawn.sort(byId),
    folded: {
      hubs: withoutHubs.hubs,
      groups: groups
        .filter((group) => shown.includes(group))
        .sort(byId)
        .map(({ id, members }) => ({ id, members })),
      edges: foldEdges(rest, candidates),
      nodesHidden: nodes.length - shownMembers,
    },
  };
}

function withEdges<T extends { id: string }>(nodes: readonly T[], edges: readonly FoldedEdge[]): T[] {
  const ends = new Set(edges.flatMap(({ source, target }) => [source, target]));
  return nodes.filter(({ id }) => ends.has(id));
}

/** Drops first, then the busiest; by id where nothing tells them apart, so that the same map folds alike. */
function byImportance(nodes: readonly MapNode[], edges: readonly MapEdge[]): MapNode[] {
  const flows = new Map<string, number>();
  for (const edge of edges)
    for (const id of new Set([edge.source, edge.target])) flows.set(id, (flows.get(id) ?? 0) + flowsOf(edge));
  const busy = ({ id }: MapNode) => flows.get(id) ?? 0;
  return [...nodes].sort((a, b) => b.drops - a.drops || busy(b) - busy(a) || byId(a, b));
}

function mostDropped(a: MapEdge, b: MapEdge): number {
  return droppedOf(b) - droppedOf(a) || flowsOf(b) - flowsOf(a) || byId(a, b);
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function groupNodes(
  nodes: readonly MapNode[],
  folded: ReturnType<typeof foldNodes>,
  edges: readonly FoldedEdge[],
): GroupNode[] {
  const members = new Map<string, MapNode[]>();
  for (const node of nodes) {
    const group = folded.get(node.id);
    if (group === undefined) continue;
    const known = members.get(group.id);
    if (known === undefined) members.set(group.id, [node]);
    else known.push(node);
  }
  const drops = new Map<string, number>();
  for (const edge of edges)
    for (const id of new Set([edge.source, edge.target]))
      drops.set(id, (drops.get(id) ?? 0) + droppedOf(edge));
  const groups = new Map([...folded.values()].map((group) => [group.id, group]));
  return [...groups].map(([id, group]) => groupNode(group, members.get(id) ?? [], drops.get(id) ?? 0));
}

function foldEdges(edges: readonly FoldedEdge[], nodes: readonly (MapNode | GroupNode)[]): EdgeFold {
  const groups = new Map(nodes.map((node) => [node.id, node.kind === 'group' ? node.id : groupOf(node).id]));
  const pairs = new Map<string, EdgeFold['between'][number]>();
  for (const edge of edges) {
    const [source, target] = [groups.get(edge.source) ?? edge.source, groups.get(edge.target) ?? edge.target];
    const key = `${source}\n${target}`;
    pairs.set(key, { source, target, ...addEdge(pairs.get(key) ?? nothing, edge) });
  }
  const between = [...pairs.values()].sort(
    (a, b) => b.edges - a.edges || (`${a.source}\n${a.target}` < `${b.source}\n${b.target}` ? -1 : 1),
  );
  return {
    ...edges.reduce(addEdge, nothing),
    between: between.slice(0, MOST_PAIRS),
    betweenLeftOut: Math.max(0, between.length - MOST_PAIRS),
  };
}
