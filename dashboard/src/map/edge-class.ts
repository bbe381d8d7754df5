import type { MapEdge } from '../../../src/service-map/service-map.schema.js';
import { formatCount } from '../ui/format.js';
import { shown } from '../ui/shown.js';

export type EdgeClass = 'forwarded' | 'dropped' | 'mixed' | 'audit' | 'other';

export const edgeClassWords: Record<EdgeClass, string> = {
  forwarded: 'forwarded',
  dropped: 'dropped',
  mixed: 'partly dropped',
  audit: 'audit: would be dropped',
  other: 'other',
};

export function droppedOf(edge: MapEdge): number {
  return edge.verdicts['dropped'] ?? 0;
}

/** A redirected flow went on to the proxy, so it counts as let through. */
export function passedOf(edge: MapEdge): number {
  return (edge.verdicts['forwarded'] ?? 0) + (edge.verdicts['redirected'] ?? 0);
}

export function edgeClass(edge: MapEdge): EdgeClass {
  const passed = passedOf(edge) > 0;
  if (droppedOf(edge) > 0) return passed ? 'mixed' : 'dropped';
  if ((edge.verdicts['audit'] ?? 0) > 0) return 'audit';
  return passed ? 'forwarded' : 'other';
}

/** Drops first: they are what an operator looks for. */
export function byWeight(a: MapEdge, b: MapEdge): number {
  return droppedOf(b) - droppedOf(a) || passedOf(b) - passedOf(a) || a.id.localeCompare(b.id);
}

export function isDns(edge: MapEdge): boolean {
  return edge.port === 53;
}

/** "8080", "53 UDP", "ICMPv4": TCP is what everyone assumes, so it is not written. */
export function portLabel(edge: { port?: number | null | undefined; protocol?: string | undefined }): string {
  const protocol = shown(edge.protocol ?? 'unknown');
  const known = protocol !== 'unknown' && protocol !== '';
  if (edge.port === null || edge.port === undefined) return known ? protocol : '';
  return known && protocol !== 'TCP' ? `${String(edge.port)} ${protocol}` : String(edge.port);
}

/** The port, and below it what was dropped: two short lines need less room than a long one. */
export function edgeLabel(edge: MapEdge): string {
  const dropped = droppedOf(edge);
  const parts = [portLabel(edge), dropped > 0 ? `${formatCount(dropped)} dropped` : ''];
  return parts.filter((part) => part !== '').join('\n');
}
