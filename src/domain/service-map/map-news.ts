import { droppedOf, letThrough, passageOf, type EdgeChanges } from './edge-change.js';
import type { ChangedEdge, LoneEdge, MapDiff } from './map-diff.js';
import { isOutside } from './outside.js';
import type { MapEdge, MapNode } from './service-map.js';

/** What a difference may be asked for by name, such as by a pipeline that must not let it pass. */
export const newsKinds = {
  'new-nodes': 'nodes that only b has',
  'gone-nodes': 'nodes that only a has',
  'new-edges': 'edges that only b has',
  'gone-edges': 'edges that only a has, unless they may be missing by chance',
  'new-egress': 'ways out of the clusters (to world, a name, an address) that got through in b and not in a',
  'new-ingress': 'ways into the clusters that got through in b and not in a',
  'new-drops': 'edges with drops, or reasons for them, that a did not have',
  'now-dropped': 'edges that let something through in a and nothing in b',
  'now-allowed': 'edges that let nothing through in a and something in b',
  'more-drops': 'edges of which a larger share is dropped',
  'more-errors': 'edges with a larger share of HTTP answers of 500 and above',
  slower: 'edges whose latency rose',
  volume: 'edges with many more or many fewer flows a minute',
} as const;

export type NewsKind = keyof typeof newsKinds;
export type News = Record<NewsKind, string[]>;

/** Ids of the nodes and edges that are of each kind. Edges that only turned round are none of them. */
export function newsOf(diff: MapDiff): News {
  const { nodes } = diff;
  const added = diff.edges.added.filter(({ turned }) => !turned);
  const removed = diff.edges.removed.filter(({ turned, faint }) => !turned && !faint);
  const reached = [...added, ...diff.edges.changed.filter(isOpened).map(({ b }) => b)].filter(
    (edge) => letThrough(edge) > 0,
  );
  const isBeyond = outsideOf([...nodes.added, ...nodes.removed, ...nodes.others]);
  const changed = (test: (changes: EdgeChanges, edge: ChangedEdge) => boolean) =>
    idsOf(diff.edges.changed.filter((edge) => test(edge.changes, edge)));
  return {
    'new-nodes': idsOf(nodes.added),
    'gone-nodes': idsOf(nodes.removed),
    'new-edges': idsOf(added),
    'gone-edges': idsOf(removed),
    'new-egress': idsOf(reached.filter(({ source, target }) => !isBeyond(source) && isBeyond(target))),
    'new-ingress': idsOf(reached.filter(({ source, target }) => isBeyond(source) && !isBeyond(target))),
    'new-drops': [
      ...idsOf(added.filter((edge: LoneEdge) => droppedOf(edge) > 0)),
      ...changed(({ newReasons }) => newReasons !== undefined),
    ],
    'now-dropped': changed(({ verdict }, { a }) => verdict?.b === 'dropped' && letThrough(a) > 0),
    'now-allowed': changed((_, edge) => isOpened(edge)),
    'more-drops': changed(({ dropShare }) => isMore(dropShare)),
    'more-errors': changed(({ serverErrors }) => isMore(serverErrors)),
    slower: changed(({ latency }) => latency !== undefined && Object.values(latency).some(isMore)),
    volume: changed(({ volume }) => volume !== undefined),
  };
}

/** Nothing got through in a, and something does in b. */
function isOpened({ changes: { verdict }, a, b }: ChangedEdge): boolean {
  return verdict !== undefined && letThrough(a) === 0 && passageOf(b) !== 'dropped' && letThrough(b) > 0;
}

function isMore(shift: { a: number; b: number } | undefined): boolean {
  return shift !== undefined && shift.b > shift.a;
}

function outsideOf(nodes: readonly MapNode[]): (id: string) => boolean {
  const outside = new Set(nodes.filter(isOutside).map(({ id }) => id));
  return (id) => outside.has(id);
}

function idsOf(list: readonly Pick<MapNode | MapEdge, 'id'>[]): string[] {
  return list.map(({ id }) => id);
}
