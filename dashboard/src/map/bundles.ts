import type { MapEdge } from '../../../src/service-map/service-map.schema.js';
import type { Selection } from '../state/view-state.js';
import { plural } from '../ui/format.js';

/** By the id of the line, the edges that it stands for. */
export type Bundles = ReadonlyMap<string, readonly MapEdge[]>;

/** One line for all edges from one node to another; a selected edge keeps a line of its own. */
export function bundleEdges(
  edges: readonly MapEdge[],
  selected: Selection | null,
): { lines: MapEdge[]; bundles: Bundles } {
  const pairs = new Map<string, MapEdge[]>();
  for (const edge of edges) {
    const key = edge.id === selected?.id ? edge.id : `bundle ${edge.source} ${edge.target}`;
    const known = pairs.get(key);
    if (known) known.push(edge);
    else pairs.set(key, [edge]);
  }
  const bundles = new Map([...pairs].filter(([, members]) => members.length > 1));
  const lines = [...pairs].flatMap(([id, members]) => (bundles.has(id) ? asOne(id, members) : members));
  return { lines, bundles };
}

function asOne(id: string, members: readonly MapEdge[]): MapEdge[] {
  const [first] = members;
  if (!first) return [];
  const ports = new Set(members.map(({ protocol, port }) => `${protocol} ${String(port)}`));
  const seen = members.map(({ lastSeen }) => lastSeen).sort();
  return [
    {
      id,
      source: first.source,
      target: first.target,
      ...(ports.size === 1
        ? { port: first.port, protocol: first.protocol }
        : { port: null, protocol: plural(ports.size, 'port') }),
      verdicts: sums(members.map(({ verdicts }) => verdicts)),
      dropReasons: sums(members.map(({ dropReasons }) => dropReasons)),
      points: {},
      firstSeen: members.map(({ firstSeen }) => firstSeen).sort()[0] ?? '',
      lastSeen: seen.at(-1) ?? '',
    },
  ];
}

function sums(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum = new Map<string, number>();
  for (const [name, n] of counts.flatMap((one) => Object.entries(one)))
    sum.set(name, (sum.get(name) ?? 0) + n);
  return Object.fromEntries(sum);
}
