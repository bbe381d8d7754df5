import type { ElementDefinition } from 'cytoscape';
import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import { formatCount } from '../ui/format.js';
import { shorten, shown } from '../ui/shown.js';
import { boxOf, nodeSize, nodeTitle } from './blocks.js';
import { byWeight, droppedOf, edgeClass, edgeLabel, isDns, passedOf } from './edge-class.js';
import type { Point, Rect } from './geometry.js';
import { labelPlaces } from './label-places.js';
import { routeEdges, type Route } from './routes.js';
import type { Graph } from './visible-graph.js';

/** Nodes, edges and boxes share one space of ids in the drawing, so each gets a prefix. */
export const nodeKey = (id: string): string => `n:${id}`;
export const edgeKey = (id: string): string => `e:${id}`;
const boxKey = (box: string): string => `b:${box}`;

/** More labels than this hide each other; those of lines with most drops stay, others show under the pointer. */
const MOST_LABELS = 40;
/** Letters of a name in the title of a box. */
const BOX_LENGTH = 40;

/** Boxes first: a parent must exist before its children. */
export function toElements(graph: Graph, positions: ReadonlyMap<string, Point>): ElementDefinition[] {
  const clusters = new Set(graph.nodes.map((node) => node.cluster).filter((name) => name !== ''));
  const rects = rectsOf(graph, positions);
  const routes = routeEdges(graph.edges, rects);
  const places = labelPlaces(graph.edges, routes, [...rects.values()]);
  const labelled = new Set([...graph.edges].sort(byWeight).slice(0, MOST_LABELS));
  const boxes = new Map<string, ElementDefinition>();
  for (const node of graph.nodes) {
    const box = boxOf(node);
    if (box !== null) boxes.set(box, boxElement(box, node, clusters.size > 1));
  }
  return [
    ...boxes.values(),
    ...graph.nodes.map((node) => nodeElement(node, positions.get(node.id) ?? { x: 0, y: 0 })),
    ...graph.edges.map((edge) => {
      const element = edgeElement(edge, routes.get(edge.id), places.get(edge.id), loopsOn(graph, edge));
      return labelled.has(edge) ? element : { ...element, classes: `${String(element.classes)} quiet` };
    }),
  ];
}

function boxElement(box: string, node: MapNode, showCluster: boolean): ElementDefinition {
  const names = showCluster ? [node.namespace, node.cluster] : [node.namespace];
  const label = names.map((name) => shorten(shown(name), BOX_LENGTH)).join(' · ');
  return {
    group: 'nodes',
    data: { id: boxKey(box), label },
    classes: 'box',
    selectable: false,
    grabbable: true,
  };
}

function nodeElement(node: MapNode, position: Point): ElementDefinition {
  const box = boxOf(node);
  const dropped = node.drops > 0 ? `\n✕ ${formatCount(node.drops)} dropped` : '';
  return {
    group: 'nodes',
    data: {
      id: nodeKey(node.id),
      own: node.id,
      ...(box === null ? {} : { parent: boxKey(box) }),
      label: nodeTitle(node) + dropped,
      width: nodeSize(node).width,
    },
    position: { ...position },
    classes: node.drops > 0 ? `${node.kind} has-drops` : node.kind,
  };
}

function edgeElement(
  edge: MapEdge,
  route: Route | undefined,
  place: Point | undefined,
  loops: number,
): ElementDefinition {
  const count = passedOf(edge) + droppedOf(edge);
  return {
    group: 'edges',
    data: {
      id: edgeKey(edge.id),
      own: edge.id,
      source: nodeKey(edge.source),
      target: nodeKey(edge.target),
      label: edgeLabel(edge),
      labelX: place?.x ?? 0,
      labelY: place?.y ?? 0,
      bend: route?.bend ?? 0,
      ...(loops > 0 ? { loop: loops > 1 ? 70 : 48 } : {}),
      width: Math.min(5, 1.4 + Math.log10(1 + count) * 0.7),
    },
    classes: isDns(edge) ? `${edgeClass(edge)} dns` : edgeClass(edge),
  };
}

function rectsOf(graph: Graph, positions: ReadonlyMap<string, Point>): Map<string, Rect> {
  const rects = new Map<string, Rect>();
  for (const node of graph.nodes) {
    const at = positions.get(node.id);
    if (at) rects.set(node.id, { ...at, ...nodeSize(node) });
  }
  return rects;
}

/** How many edges of the same node lead back to it: more of them need more room between them. */
function loopsOn(graph: Graph, edge: MapEdge): number {
  if (edge.source !== edge.target) return 0;
  return graph.edges.filter((one) => one.source === edge.source && one.target === edge.source).length;
}
