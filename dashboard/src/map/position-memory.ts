import type { Point } from './geometry.js';
import { layoutGraph } from './layout.js';
import { placeNew } from './place-new.js';
import type { Graph } from './visible-graph.js';

const SETTLE_MS = 2_500;

/** Where the nodes of one question (level and filter) stand, for as long as the page is open. */
export interface Scene {
  positions: Map<string, Point>;
  viewport: { zoom: number; pan: Point } | null;
  /** While an empty map fills for the first time nobody has looked at it yet: lay out again. */
  settlesAt: number;
}

const scenes = new Map<string, Scene>();

export function sceneOf(key: string): Scene {
  const known = scenes.get(key);
  if (known) return known;
  const scene: Scene = { positions: new Map(), viewport: null, settlesAt: 0 };
  scenes.set(key, scene);
  return scene;
}

export function layoutAgain(scene: Scene, graph: Graph): void {
  scene.positions = layoutGraph(graph);
}

/** Gives every node of the graph a place. Returns true when the whole layout is new. */
export function arrange(scene: Scene, graph: Graph, now: number): boolean {
  const first = scene.positions.size === 0;
  if (graph.nodes.length === 0 && first) scene.settlesAt = Number.POSITIVE_INFINITY;
  if (graph.nodes.every((node) => scene.positions.has(node.id))) return false;
  const filling = scene.settlesAt > now;
  if (first || filling) {
    scene.settlesAt = filling ? now + SETTLE_MS : 0;
    layoutAgain(scene, graph);
    return true;
  }
  placeNew(graph, scene.positions);
  return false;
}

/** The user has begun to look: from now on nothing moves by itself. */
export function settle(scene: Scene): void {
  scene.settlesAt = 0;
}
