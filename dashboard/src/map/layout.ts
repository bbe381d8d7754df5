import { BOX_PADDING, CALLED, CALLING, nodeSize, OVERVIEW, toBlocks, type Block } from './blocks.js';
import { columnSize, placeColumns, toColumns, type Gap, type Item } from './columns.js';
import { droppedOf, isDns } from './edge-class.js';
import { around, type Point, type Size } from './geometry.js';
import { gridOf } from './grid.js';
import { layered, type Link, type Placed } from './layered.js';
import type { Graph } from './visible-graph.js';

const INSIDE = { nodesep: 22, ranksep: 22, edgesep: 12 };
const BETWEEN = { nodesep: 40, ranksep: 70, edgesep: 10 };
const STACK_GAP = 26;
const GAP = { x: 96, y: 30 };
/** A namespace that talks to itself draws a loop above itself. */
const OVERVIEW_GAP = { x: 150, y: 88 };
/** Of many namespaces the names would become too small to read. */
const MANY = { from: 30, gap: { x: 84, y: 54 } };

/** Layered left to right: first inside each namespace, then the namespaces among themselves. */
export function layoutGraph(graph: Graph): Map<string, Point> {
  const links = toLinks(graph);
  const blocks = toBlocks(graph).map((block) => ({ block, placed: layoutBlock(block, links) }));
  const items = blocks.map(({ block, placed }) => ({ key: block.key, size: paddedSize(block, placed.size) }));
  const centres = placeColumns(orderedColumns(items, linksBetween(blocks, links)), GAP);
  const positions = new Map<string, Point>();
  for (const { block, placed } of blocks) {
    const centre = centres.get(block.key) ?? { x: 0, y: 0 };
    for (const [id, point] of moved(block, placed, centre)) positions.set(id, point);
  }
  return positions;
}

/** Clients left of servers, as far as the columns allow; what is outside of the cluster on both sides. */
function orderedColumns(items: readonly Item[], links: readonly Link[]): Item[][] {
  const first = items.filter(({ key }) => key === CALLING);
  const last = items.filter(({ key }) => key === CALLED || isAside(key, links));
  const middle = items.filter((item) => !first.includes(item) && !last.includes(item));
  const lanes = [first, last].filter((lane) => lane.length > 0).map((lane) => columnSize(lane, GAP));
  const ends = {
    width: lanes.reduce((sum, { width }) => sum + width + GAP.x, 0),
    height: Math.max(0, ...lanes.map(({ height }) => height)),
  };
  return [first, ...columnsOf(middle, links, ends, GAP), last].filter((column) => column.length > 0);
}

/** A namespace that the others call for names only stands where everyone's lines can reach it. */
function isAside(key: string, links: readonly Link[]): boolean {
  const inbound = links.filter((link) => link.target === key);
  return inbound.length > 0 && inbound.every((link) => link.aside);
}

function columnsOf(items: readonly Item[], links: readonly Link[], ends: Size, gap: Gap): Item[][] {
  const { points } = layered(
    items.map(({ key, size }) => [key, size] as const),
    links,
    BETWEEN,
  );
  const at = (key: string): Point => points.get(key) ?? { x: 0, y: 0 };
  const sorted = [...items].sort((a, b) => at(a.key).x - at(b.key).x || at(a.key).y - at(b.key).y);
  const story = links.filter((link) => !link.aside);
  const columns = toColumns(sorted, story, ends, gap);
  return columns.map((column) => column.sort((a, b) => at(a.key).y - at(b.key).y));
}

/** Namespaces without their insides: too many layers would make them too small to read. */
function layoutOverview(sizes: readonly [string, Size][], links: readonly Link[]): Placed {
  const items = sizes.map(([key, size]) => ({ key, size }));
  const gap = items.length < MANY.from ? OVERVIEW_GAP : MANY.gap;
  const centres = placeColumns(columnsOf(items, links, { width: 0, height: 0 }, gap), gap);
  const rects = items.map(({ key, size }) => ({ ...(centres.get(key) ?? { x: 0, y: 0 }), ...size }));
  const whole = around(rects);
  const [left, top] = [whole.x - whole.width / 2, whole.y - whole.height / 2];
  const points = new Map([...centres].map(([key, { x, y }]) => [key, { x: x - left, y: y - top }]));
  return { points, size: { width: whole.width, height: whole.height } };
}

const PLAIN_LABEL = { width: 40, height: 12 };
const LOUD_LABEL = { width: 84, height: 26 };

export function toLinks(graph: Graph): Link[] {
  return graph.edges.map((edge) => ({
    source: edge.source,
    target: edge.target,
    label: droppedOf(edge) > 0 ? LOUD_LABEL : PLAIN_LABEL,
    aside: isDns(edge),
  }));
}

/** The nodes of one block, from its upper left corner and without the padding of its box. */
export function layoutBlock(block: Block, links: readonly Link[]): Placed {
  const own = new Set(block.nodes.map((node) => node.id));
  const inner = links.filter((l) => own.has(l.source) && own.has(l.target) && l.source !== l.target);
  if (block.key === OVERVIEW) return layoutOverview(sizesOf(block), inner);
  const linked = new Set(inner.flatMap((link) => [link.source, link.target]));
  const sizes = sizesOf(block);
  const chained = sizes.filter(([id]) => linked.has(id));
  const single = sizes.filter(([id]) => !linked.has(id));
  if (chained.length === 0) return gridOf(single, 0);
  const chain = layered(chained, inner, INSIDE);
  return single.length === 0 ? chain : stacked(chain, gridOf(single, chain.size.width));
}

function sizesOf(block: Block): [string, Size][] {
  return block.nodes.map((node) => [node.id, nodeSize(node)]);
}

export function paddedSize(block: Block, size: Size): Size {
  if (block.box === null) return size;
  const { side, top, bottom } = BOX_PADDING;
  return { width: size.width + 2 * side, height: size.height + top + bottom };
}

/** Positions of a laid out block whose padded box has this centre. */
export function moved(block: Block, placed: Placed, centre: Point): [string, Point][] {
  const size = paddedSize(block, placed.size);
  const left = centre.x - size.width / 2 + (block.box !== null ? BOX_PADDING.side : 0);
  const top = centre.y - size.height / 2 + (block.box !== null ? BOX_PADDING.top : 0);
  return [...placed.points].map(([id, { x, y }]) => [id, { x: left + x, y: top + y }]);
}

function linksBetween(blocks: readonly { block: Block }[], links: readonly Link[]): Link[] {
  const blockOf = new Map(blocks.flatMap(({ block }) => block.nodes.map((node) => [node.id, block.key])));
  return links.flatMap(({ source, target, aside }) => {
    const [from, to] = [blockOf.get(source), blockOf.get(target)];
    if (from === undefined || to === undefined || from === to) return [];
    return [{ source: from, target: to, label: PLAIN_LABEL, aside }];
  });
}

function stacked(upper: Placed, lower: Placed): Placed {
  const below = upper.size.height + STACK_GAP;
  const points = new Map(upper.points);
  for (const [id, { x, y }] of lower.points) points.set(id, { x, y: y + below });
  const width = Math.max(upper.size.width, lower.size.width);
  return { points, size: { width, height: below + lower.size.height } };
}
