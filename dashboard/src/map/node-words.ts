import type { MapNode } from '../../../src/service-map/service-map.schema.js';
import { shownName } from '../ui/shown.js';

export const kindWords: Record<MapNode['kind'], string> = {
  label: 'label',
  workload: 'workload',
  pod: 'pod',
  namespace: 'namespace',
  cluster: 'cluster',
  service: 'service',
  entity: 'entity',
  fqdn: 'DNS name',
  cidr: 'address range',
  ip: 'address',
  unknown: 'unknown endpoint',
  group: 'several together',
};

/** "shop/web", or the name alone where there is no namespace around it; cut where it is too long to be read. */
export function nodeFullName(node: MapNode): string {
  return shownName(wholeName(node));
}

/** The same without an end of its length. */
export function wholeName(node: MapNode): string {
  const name = node.name || node.id;
  return node.namespace && node.kind !== 'namespace' ? `${node.namespace}/${name}` : name;
}

/** A name for an id even when the map does not hold the node: cluster/namespace/name or kind:name. */
export function nameOf(nodes: ReadonlyMap<string, MapNode>, id: string): string {
  const node = nodes.get(id);
  return node ? nodeFullName(node) : shownName(id.replace(/^[^/:]*[/:]/, ''));
}
