import type { MapEdge } from '../../../src/service-map/service-map.schema.js';
import { overlap, type Point, type Rect } from './geometry.js';

/** The line of an edge: a curve from border to border, straight when `bend` is 0. */
export interface Route {
  start: Point;
  end: Point;
  /** How far the control point of the curve lies beside the middle of the straight line. */
  bend: number;
}

const BENDS = [0, 46, -46, 76, -76, 112, -112, 160, -160, 220, -220, 300, -300, 400, -400];
/** How much of a detour is better than running through a node. */
const DETOUR = 400;
const SAMPLES = 24;
/** Above this many comparisons a map is too dense for detours to help, and they would cost time. */
const MAX_WORK = 40_000;
const CLEARANCE = 5;

/** Bends lines around the nodes in their way, and apart from lines between the same two nodes. */
export function routeEdges(edges: readonly MapEdge[], rects: ReadonlyMap<string, Rect>): Map<string, Route> {
  const dense = edges.length * rects.size > MAX_WORK;
  const routes = new Map<string, Route>();
  const taken = new Map<string, number[]>();
  for (const edge of edges) {
    const [from, to] = [rects.get(edge.source), rects.get(edge.target)];
    if (!from || !to || edge.source === edge.target) continue;
    // Bends of edges in both directions are compared as seen from the same end.
    const side = edge.source < edge.target ? 1 : -1;
    const pair = [edge.source, edge.target].sort().join('\n');
    const others = taken.get(pair) ?? [];
    const free = BENDS.filter((bend) => others.every((other) => Math.abs(other - bend * side) > 25));
    const straight = borderToBorder(from, to);
    const obstacles = dense ? [] : obstaclesOf(edge, straight, rects);
    const bend = bestBend(straight, free, obstacles);
    taken.set(pair, [...others, bend * side]);
    routes.set(edge.id, { ...straight, bend });
  }
  return routes;
}

/** A point of the line; 0 is where it leaves the client, 1 where it reaches the server. */
export function pointOn({ start, end, bend }: Route, share: number): Point {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.max(1, Math.hypot(dx, dy));
  const aside = 2 * share * (1 - share) * (bend / length);
  return { x: start.x + dx * share - dy * aside, y: start.y + dy * share + dx * aside };
}

function bestBend(straight: Route, bends: readonly number[], obstacles: readonly Rect[]): number {
  let best = bends[0] ?? 0;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const bend of bends) {
    const cost = Math.abs(bend) + DETOUR * hits({ ...straight, bend }, obstacles);
    if (cost < bestCost) [best, bestCost] = [bend, cost];
  }
  return best;
}

function hits(route: Route, obstacles: readonly Rect[]): number {
  if (obstacles.length === 0) return 0;
  const points = Array.from({ length: SAMPLES }, (_, index) => pointOn(route, (index + 0.5) / SAMPLES));
  return obstacles.filter((rect) =>
    points.some((point) => overlap({ ...point, width: 0, height: 0 }, rect, CLEARANCE)),
  ).length;
}

function obstaclesOf(edge: MapEdge, { start, end }: Route, rects: ReadonlyMap<string, Rect>): Rect[] {
  const reach: Rect = {
    x: (start.x + end.x) / 2,
    y: (start.y + end.y) / 2,
    width: Math.abs(end.x - start.x),
    height: Math.abs(end.y - start.y),
  };
  return [...rects]
    .filter(([id, rect]) => id !== edge.source && id !== edge.target && overlap(rect, reach, 160))
    .map(([, rect]) => rect);
}

function borderToBorder(from: Rect, to: Rect): Route {
  return { start: along(from, to, exit(from, to)), end: along(to, from, exit(to, from)), bend: 0 };
}

/** At which share of the way to the other node the line leaves this one. */
function exit(node: Rect, other: Rect): number {
  const [dx, dy] = [Math.abs(other.x - node.x), Math.abs(other.y - node.y)];
  return Math.min(0.5, node.width / 2 / Math.max(dx, 1), node.height / 2 / Math.max(dy, 1));
}

function along(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
