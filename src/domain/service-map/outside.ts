import type { MapNode } from './service-map.js';

const OUTSIDE: ReadonlySet<string> = new Set(['fqdn', 'cidr', 'ip']);

/** Beyond the clusters: the world, a name, an address. */
export function isOutside({ kind, name }: Pick<MapNode, 'kind' | 'name'>): boolean {
  return OUTSIDE.has(kind) || (kind === 'entity' && name === 'world');
}
