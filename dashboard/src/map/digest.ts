import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import type { Selection } from '../state/view-state.js';
import { bundleEdges, type Bundles } from './bundles.js';
import { byWeight } from './edge-class.js';
import type { Graph } from './visible-graph.js';

/** Names, addresses and ranges outside of the cluster; more of them are drawn as one node. */
const MOST_OUTSIDE = 12;
/** More edges than this become one line for each two nodes. */
const MOST_EDGES = 120;
/** Where that is not enough, no more lines than this are drawn: they would hide each other. */
const MOST_LINES = 80;

/** What a map too large to read is drawn as, and what that leaves out. */
export interface Digest {
  graph: Graph;
  /** The same with everything that the toggles hide: it has a place, too. */
  whole: Graph;
  /** What the node OUTSIDE stands for; empty where there is none. */
  outside: readonly MapNode[];
  /** What lines stand for more than one edge. */
  bundles: Bundles;
  lines: number;
}

/** The id of the node that stands for many outside of the cluster. */
export const OUTSIDE = 'outside';

/** What is selected is always drawn as itself, and every line of a selected node is. */
export function digest(graph: Graph, whole: Graph, selected: Selection | null): Digest {
  const outside = outsideOf(whole, selected);
  const folded = foldOutside(graph, outside);
  const { lines, bundles } = linesOf(folded.edges, selected);
  const most = lines.length > MOST_EDGES ? MOST_LINES : lines.length;
  const drawn = [...lines].sort(byWeight).filter((line, rank) => rank < most || isAt(line, selected));
  return {
    graph: { nodes: folded.nodes, edges: drawn },
    whole: foldOutside(whole, outside),
    outside,
    bundles,
    lines: lines.length,
  };
}

function linesOf(edges: MapEdge[], selected: Selection | null): { lines: MapEdge[]; bundles: Bundles } {
  return edges.length > MOST_EDGES ? bundleEdges(edges, selected) : { lines: edges, bundles: new Map() };
}

/** Where on the drawing the nodes are that "find" found. */
export function foundOn({ outside }: Digest, found: ReadonlySet<string> | null): ReadonlySet<string> | null {
  return found !== null && outside.some(({ id }) => found.has(id)) ? new Set([...found, OUTSIDE]) : found;
}

export function undigested(graph: Graph, whole: Graph): Digest {
  return { graph, whole, outside: [], bundles: new Map(), lines: graph.edges.length };
}

function isAt(line: MapEdge, selected: Selection | null): boolean {
  return selected !== null && [line.id, line.source, line.target].includes(selected.id);
}

const outsideKinds: readonly MapNode['kind'][] = ['fqdn', 'cidr', 'ip'];

/** Which nodes become one: the largest causes of drops do not, as far as there is room. */
function outsideOf({ nodes, edges }: Graph, selected: Selection | null): MapNode[] {
  const outside = nodes.filter(({ kind }) => outsideKinds.includes(kind));
  if (outside.length <= MOST_OUTSIDE) return [];
  const edge = edges.find(({ id }) => id === selected?.id);
  const alone = new Set([selected?.id, edge?.source, edge?.target]);
  const loud = outside.filter(({ drops }) => drops > 0).sort((a, b) => b.drops - a.drops);
  for (const { id } of loud.slice(0, MOST_OUTSIDE)) alone.add(id);
  return outside.filter(({ id }) => !alone.has(id));
}

function foldOutside({ nodes, edges }: Graph, outside: readonly MapNode[]): Graph {
  const ids = new Set(outside.map(({ id }) => id));
  const members = nodes.filter(({ id }) => ids.has(id));
  if (members.length === 0) return { nodes, edges };
  const end = (id: string): string => (ids.has(id) ? OUTSIDE : id);
  return {
    nodes: [...nodes.filter(({ id }) => !ids.has(id)), asOne(members)],
    edges: edges.map((edge) => ({ ...edge, source: end(edge.source), target: end(edge.target) })),
  };
}

function asOne(members: readonly MapNode[]): MapNode {
  const names = members.every(({ kind }) => kind === 'fqdn');
  const seen = [
    ...members.map(({ firstSeen }) => firstSeen),
    ...members.map(({ lastSeen }) => lastSeen),
  ].sort();
  return {
    id: OUTSIDE,
    kind: 'entity',
    name: `${String(members.length)} ${names ? 'DNS names' : 'outside addresses'}`,
    namespace: '',
    cluster: '',
    labels: [],
    firstSeen: seen[0] ?? '',
    lastSeen: seen.at(-1) ?? '',
    drops: members.reduce((sum, { drops }) => sum + drops, 0),
  };
}
