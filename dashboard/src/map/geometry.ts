export interface Point {
  x: number;
  y: number;
}

/** A rectangle by its centre. */
export interface Rect extends Point {
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

export function overlap(a: Rect, b: Rect, gap = 0): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + gap &&
    Math.abs(a.y - b.y) < (a.height + b.height) / 2 + gap
  );
}

/** How much of two rectangles lies over each other, or closer than the gap. */
export function sharedArea(a: Rect, b: Rect, gap: number): number {
  const width = (a.width + b.width) / 2 + gap - Math.abs(a.x - b.x);
  const height = (a.height + b.height) / 2 + gap - Math.abs(a.y - b.y);
  return Math.max(0, Math.min(width, a.width, b.width)) * Math.max(0, Math.min(height, a.height, b.height));
}

export function around(rects: readonly Rect[]): Rect {
  const left = Math.min(...rects.map((r) => r.x - r.width / 2));
  const right = Math.max(...rects.map((r) => r.x + r.width / 2));
  const top = Math.min(...rects.map((r) => r.y - r.height / 2));
  const bottom = Math.max(...rects.map((r) => r.y + r.height / 2));
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top };
}

export function grow(rect: Rect, { side, top, bottom }: { side: number; top: number; bottom: number }): Rect {
  return {
    x: rect.x,
    y: rect.y + (bottom - top) / 2,
    width: rect.width + 2 * side,
    height: rect.height + top + bottom,
  };
}

/** Points around a centre, nearest first, on a grid as wide as it is needed. */
export function nearbyPoints(centre: Point, step: Size, rings: number): Point[] {
  const points: (Point & { distance: number })[] = [];
  for (let i = -rings; i <= rings; i += 1) {
    for (let j = -rings; j <= rings; j += 1) {
      const [dx, dy] = [i * step.width, j * step.height];
      points.push({ x: centre.x + dx, y: centre.y + dy, distance: Math.hypot(dx, dy) });
    }
  }
  return points.sort((a, b) => a.distance - b.distance);
}
