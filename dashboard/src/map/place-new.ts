import { BOX_PADDING, boxOf, nodeSize, toBlocks, type Block } from './blocks.js';
import { around, grow, nearbyPoints, overlap, type Point, type Rect, type Size } from './geometry.js';
import { layoutBlock, moved, paddedSize, toLinks } from './layout.js';
import type { Graph } from './visible-graph.js';

const GAP = 24;
const RINGS = 14;

/**
 * Finds places for nodes without one and leaves all the others where they are. Where nothing is
 * free, boxes may overlap until the user asks for a new layout.
 */
export function placeNew(graph: Graph, positions: Map<string, Point>): void {
  for (const block of toBlocks(graph)) {
    const fresh = block.nodes.filter((node) => !positions.has(node.id));
    if (fresh.length === 0) continue;
    const wholeBlock = block.box !== null && fresh.length === block.nodes.length;
    const parts = wholeBlock ? [block] : fresh.map((node) => ({ ...block, nodes: [node] }));
    for (const part of parts) placePart(part, wholeBlock, graph, positions);
  }
}

function placePart(part: Block, whole: boolean, graph: Graph, positions: Map<string, Point>): void {
  const placed = layoutBlock(part, toLinks(graph));
  const shape = whole ? part : { ...part, box: null };
  const size = paddedSize(shape, placed.size);
  const known = knownRects(graph, positions);
  const box = whole ? null : part.box;
  const spot = findSpot(size, box, known, startPoint(part, graph, positions, known));
  for (const [id, point] of moved(shape, placed, spot)) positions.set(id, point);
}

interface Known {
  boxes: Map<string, Rect[]>;
  singles: Rect[];
}

function knownRects(graph: Graph, positions: ReadonlyMap<string, Point>): Known {
  const known: Known = { boxes: new Map(), singles: [] };
  for (const node of graph.nodes) {
    const point = positions.get(node.id);
    if (!point) continue;
    const rect = { ...point, ...nodeSize(node) };
    const box = boxOf(node);
    if (box === null) known.singles.push(rect);
    else known.boxes.set(box, [...(known.boxes.get(box) ?? []), rect]);
  }
  return known;
}

/** Near the other nodes of its namespace, else right of whoever calls it, else below everything. */
function startPoint(part: Block, graph: Graph, positions: ReadonlyMap<string, Point>, known: Known): Point {
  const mates = part.box === null ? undefined : known.boxes.get(part.box);
  if (mates) return around(mates);
  const ids = new Set(part.nodes.map((node) => node.id));
  const caller = graph.edges.find((edge) => ids.has(edge.target) && positions.has(edge.source));
  const callerAt = caller && positions.get(caller.source);
  if (callerAt) return { x: callerAt.x + 260, y: callerAt.y };
  const called = graph.edges.find((edge) => ids.has(edge.source) && positions.has(edge.target));
  const calledAt = called && positions.get(called.target);
  if (calledAt) return { x: calledAt.x - 260, y: calledAt.y };
  const all = around([...known.singles, ...[...known.boxes.values()].flat()]);
  return { x: all.x, y: all.y + all.height / 2 + 80 };
}

function findSpot(size: Size, box: string | null, known: Known, start: Point): Point {
  const mates = box === null ? [] : (known.boxes.get(box) ?? []);
  const others = [...known.boxes].filter(([key]) => key !== box).map(([, rects]) => padded(rects));
  const obstacles = [...others, ...known.singles];
  const step = { width: Math.max(60, size.width / 3), height: Math.max(40, size.height / 3) };
  const candidates = nearbyPoints(start, step, RINGS).map((point): Rect => ({ ...point, ...size }));
  const clear = candidates.filter((rect) => !mates.some((mate) => overlap(mate, rect, GAP)));
  const fits = clear.find((rect) => {
    const whole = box === null ? rect : padded([...mates, rect]);
    return !obstacles.some((obstacle) => overlap(obstacle, whole, box === null ? GAP : 4));
  });
  return fits ?? clear[0] ?? start;
}

function padded(rects: readonly Rect[]): Rect {
  return grow(around(rects), BOX_PADDING);
}
