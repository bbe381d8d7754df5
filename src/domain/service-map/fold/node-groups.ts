import type { MapNode } from '../service-map.js';
import { earlier, later } from './counts.js';

/** Drawn in the place of several nodes. */
export type GroupNode = Omit<MapNode, 'kind'> & { kind: 'group'; members: number };

interface Group {
  id: string;
  namespace: string;
  cluster: string;
  /** What its members are. */
  of: string;
}

/** Those of a namespace together, of a cluster, or of a kind. */
export function groupOf({ kind, namespace, cluster }: MapNode): Group {
  if (kind === 'cluster') return { id: 'group:clusters', namespace: '', cluster: '', of: 'clusters' };
  if (kind === 'namespace') return { id: `group:${cluster}`, namespace: '', cluster, of: 'namespaces' };
  if (namespace !== '') return { id: `group:${cluster}/${namespace}`, namespace, cluster, of: 'workloads' };
  return { id: `group:${kind}`, namespace: '', cluster: '', of: KINDS[kind] ?? kind };
}

const KINDS: Partial<Record<MapNode['kind'], string>> = {
  entity: 'entities',
  fqdn: 'names',
  cidr: 'ranges',
  ip: 'addresses',
};

const OTHERS: Group = { id: 'group:others', namespace: '', cluster: '', of: 'nodes' };

/**
 * Folds the least important nodes, at the end of the list, until no more than so many are left to draw. Into one
 * group where even the groups are too many.
 */
export function foldNodes(ranked: readonly MapNode[], most: number): Map<string, Group> {
  return foldInto(ranked, most, groupOf) ?? foldInto(ranked, most, () => OTHERS) ?? new Map<string, Group>();
}

function foldInto(
  ranked: readonly MapNode[],
  most: number,
  groupFor: (node: MapNode) => Group,
): Map<string, Group> | undefined {
  const folded = new Map<string, Group>();
  const members = new Map<string, number>();
  const drawn = () => ranked.length - folded.size + members.size;
  for (let i = ranked.length - 1; i >= 0 && drawn() > most; i--) {
    const node = ranked[i];
    if (node === undefined) break;
    const group = groupFor(node);
    folded.set(node.id, group);
    members.set(group.id, (members.get(group.id) ?? 0) + 1);
  }
  if (drawn() > most) return undefined;
  // A group of one takes as much room as the node itself, and says less.
  for (const [id, group] of folded) if (members.get(group.id) === 1) folded.delete(id);
  return folded;
}

export function groupNode(
  { id, namespace, cluster, of }: Group,
  members: readonly MapNode[],
  drops: number,
): GroupNode {
  const [one] = members;
  const start = { firstSeen: one?.firstSeen ?? '', lastSeen: one?.lastSeen ?? '' };
  const times = members.reduce(
    ({ firstSeen, lastSeen }, node) => ({
      firstSeen: earlier(firstSeen, node.firstSeen),
      lastSeen: later(lastSeen, node.lastSeen),
    }),
    start,
  );
  const name = `${members.length} more ${of}`;
  return {
    id,
    kind: 'group',
    name,
    namespace,
    cluster,
    labels: [],
    ...times,
    drops,
    members: members.length,
  };
}
