import type { Point, Size } from './geometry.js';

const GAP = { x: 28, y: 22 };
/** How much wider than high a grid should be, when nothing else decides. */
const RATIO = 0.9;

/** Rows of nodes, as many columns as fit into `width`, or about square when that is 0. */
export function gridOf(
  sizes: readonly [string, Size][],
  width: number,
): { size: Size; points: Map<string, Point> } {
  const cell = {
    width: Math.max(...sizes.map(([, size]) => size.width)) + GAP.x,
    height: Math.max(...sizes.map(([, size]) => size.height)) + GAP.y,
  };
  const square = Math.sqrt((sizes.length * cell.height * RATIO) / cell.width);
  const columns = Math.max(1, Math.round(square), Math.floor((width + GAP.x) / cell.width));
  const points = new Map<string, Point>();
  sizes.forEach(([id], index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    points.set(id, {
      x: column * cell.width + (cell.width - GAP.x) / 2,
      y: row * cell.height + (cell.height - GAP.y) / 2,
    });
  });
  const used = Math.min(columns, sizes.length);
  const rows = Math.ceil(sizes.length / columns);
  return { points, size: { width: used * cell.width - GAP.x, height: rows * cell.height - GAP.y } };
}
