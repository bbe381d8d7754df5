import type { Point, Size } from './geometry.js';

/** Width by height of the space that a map usually gets. */
const ASPECT = 1.85;
/** What it is worth that an edge runs from left to right, against the size of everything. */
const FORWARD = 0.5;

export interface Item {
  key: string;
  size: Size;
}

export interface Gap {
  x: number;
  y: number;
}

interface Pair {
  source: string;
  target: string;
}

/**
 * Puts items, in this order, one under the other into columns from left to right, as many as make
 * the best picture: a chain of namespaces side by side would be as wide as it is unreadable, and
 * all of them in one column would hide who calls whom.
 */
export function toColumns(items: readonly Item[], links: readonly Pair[], ends: Size, gap: Gap): Item[][] {
  let best: Item[][] = [];
  let bestScore = -1;
  for (const height of candidateHeights(items, gap)) {
    const columns = fill(items, height, gap);
    const size = sizeOf(columns, gap);
    const width = size.width + ends.width;
    const scale = Math.min(ASPECT / width, 1 / Math.max(size.height, ends.height));
    const score = scale * (1 - FORWARD + FORWARD * forwardShare(columns, links));
    if (score > bestScore) [best, bestScore] = [columns, score];
  }
  return best;
}

function forwardShare(columns: readonly (readonly Item[])[], links: readonly Pair[]): number {
  const columnOf = new Map(columns.flatMap((column, index) => column.map(({ key }) => [key, index])));
  const steps = links.flatMap(({ source, target }) => {
    const [from, to] = [columnOf.get(source), columnOf.get(target)];
    return from === undefined || to === undefined ? [] : [to - from];
  });
  return steps.length === 0 ? 1 : steps.filter((step) => step > 0).length / steps.length;
}

/** Centres of the items; each column is centred vertically. */
export function placeColumns(columns: readonly (readonly Item[])[], gap: Gap): Map<string, Point> {
  const points = new Map<string, Point>();
  let left = 0;
  for (const column of columns) {
    const { width, height } = columnSize(column, gap);
    let top = -height / 2;
    for (const { key, size } of column) {
      points.set(key, { x: left + width / 2, y: top + size.height / 2 });
      top += size.height + gap.y;
    }
    left += width + gap.x;
  }
  return points;
}

const MAX_CANDIDATES = 400;

/** A column can only be as high as some run of items. */
function candidateHeights(items: readonly Item[], gap: Gap): number[] {
  const heights = new Set<number>();
  for (let start = 0; start < items.length; start += 1) {
    let sum = -gap.y;
    for (const { size } of items.slice(start)) {
      sum += size.height + gap.y;
      heights.add(Math.round(sum));
    }
  }
  const sorted = [...heights].sort((a, b) => a - b);
  const every = Math.ceil(sorted.length / MAX_CANDIDATES);
  return sorted.filter((_, index) => (sorted.length - 1 - index) % Math.max(1, every) === 0);
}

function fill(items: readonly Item[], height: number, gap: Gap): Item[][] {
  const columns: Item[][] = [];
  let used = 0;
  for (const item of items) {
    const last = columns.at(-1);
    if (last && used + gap.y + item.size.height <= height + 1) {
      last.push(item);
      used += gap.y + item.size.height;
    } else {
      columns.push([item]);
      used = item.size.height;
    }
  }
  return columns;
}

export function columnSize(column: readonly Item[], gap: Gap): Size {
  return {
    width: Math.max(0, ...column.map(({ size }) => size.width)),
    height: column.reduce((sum, { size }) => sum + size.height + gap.y, -gap.y),
  };
}

function sizeOf(columns: readonly (readonly Item[])[], gap: Gap): Size {
  const sizes = columns.map((column) => columnSize(column, gap));
  return {
    width: sizes.reduce((sum, { width }) => sum + width + gap.x, -gap.x),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
}
