import type { MapEdge } from '../../../src/service-map/service-map.schema.js';
import { droppedOf, edgeLabel } from './edge-class.js';
import { sharedArea, type Point, type Rect, type Size } from './geometry.js';
import { pointOn, type Route } from './routes.js';

/** Where along its line a label may stand, best first; 0 is the client, 1 the server. */
const STOPS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
const QUIET = { width: 6.8, height: 14 };
/** The size of a text is only estimated. */
const CLEARANCE = 2;
const LOUD = { width: 8.2, height: 16 };

/**
 * How far each label moves from the middle of its edge, so that it neither disappears behind a node
 * nor covers another label, as far as there is room. Labels about drops choose first.
 */
export function labelPlaces(
  edges: readonly MapEdge[],
  routes: ReadonlyMap<string, Route>,
  nodes: readonly Rect[],
): Map<string, Point> {
  const taken = [...nodes];
  const offsets = new Map<string, Point>();
  for (const edge of [...edges].sort((a, b) => droppedOf(b) - droppedOf(a))) {
    const route = routes.get(edge.id);
    if (!route) continue;
    const size = labelSize(edge);
    const rects = STOPS.map((stop): Rect => ({ ...pointOn(route, stop), ...size }));
    const [middle] = rects;
    const rect = freest(rects, taken);
    if (!middle || !rect) continue;
    offsets.set(edge.id, { x: Math.round(rect.x - middle.x), y: Math.round(rect.y - middle.y) });
    taken.push(rect);
  }
  return offsets;
}

/** The first that covers nothing, else the one that covers least. */
function freest(rects: readonly Rect[], taken: readonly Rect[]): Rect | undefined {
  let best: Rect | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const rect of rects) {
    const covered = taken.reduce((sum, other) => sum + sharedArea(rect, other, CLEARANCE), 0);
    if (covered < least) [best, least] = [rect, covered];
    if (least === 0) break;
  }
  return best;
}

function labelSize(edge: MapEdge): Size {
  const lines = edgeLabel(edge).split('\n');
  const longest = Math.max(...lines.map((line) => line.length));
  const letter = droppedOf(edge) > 0 ? LOUD : QUIET;
  return { width: longest * letter.width + 4, height: lines.length * letter.height };
}
