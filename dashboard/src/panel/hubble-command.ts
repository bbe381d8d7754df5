import type { EdgeDetail, MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import type { Flag } from '../api/flag.js';
import { shown } from '../ui/shown.js';
import { recordEnds, type RecordEnd } from '../flows/record-ends.js';

type Side = 'from' | 'to' | '';

/** Kubernetes cuts the name of the owner to this before it generates the rest of a pod's name. */
const KEPT_OF_OWNER = 58;

/**
 * The flags of `hubble observe` that come closest to one node of the map. Many records name no workload, so a workload
 * is asked for by how its pods' names begin, which may find a few more.
 */
export function nodeFlags(node: MapNode, side: Side): Flag[] {
  const flag = (name: string): string => (side ? `${side}-${name}` : name);
  const namespace: Flag[] = node.namespace ? [[flag('namespace'), node.namespace]] : [];
  switch (node.kind) {
    case 'workload':
      return [[flag('pod'), `${node.namespace}/${node.name.slice(0, KEPT_OF_OWNER)}`]];
    case 'label':
      return [[flag('label'), node.name]];
    case 'pod':
      return [[flag('pod'), `${node.namespace}/${node.name}`]];
    case 'namespace':
      return [[flag('namespace'), node.name]];
    case 'cluster':
      return [[flag('cluster'), node.name]];
    case 'service':
      return [[flag('service'), `${node.namespace}/${node.name}`]];
    case 'entity':
      return entityLabels(node.name).map((label) => [flag('label'), label]);
    case 'fqdn':
      return [[flag('fqdn'), node.name]];
    case 'cidr':
    case 'ip':
      return [[flag('ip'), node.name]];
    case 'group':
      return namespace;
    case 'unknown':
      return [];
  }
}

/** The world may be told by the version of its addresses. */
export function entityLabels(name: string): string[] {
  const label = `reserved:${name}`;
  return name === 'world' ? [label, `${label}-ipv4`, `${label}-ipv6`] : [label];
}

const withPorts = new Set(['TCP', 'UDP', 'SCTP']);

/** The forward direction of an edge; answers travel the other way and are not matched, unless nothing else was seen. */
export function edgeFlags(
  edge: MapEdge,
  source: MapNode,
  target: MapNode,
  examples: EdgeDetail['examples'],
): Flag[] {
  const ends = recordEnds(edge, examples);
  const clients = ends.map(({ client }) => client);
  const servers = ends.map(({ server }) => server);
  const to = edge.oneSided ? 'from' : 'to';
  const flags = [
    ...endFlags(source, edge.oneSided ? 'to' : 'from', clients),
    ...endFlags(target, to, servers),
  ];
  if (edge.port !== null && edge.port > 0 && withPorts.has(edge.protocol)) {
    flags.push([`${to}-port`, String(edge.port)]);
  }
  if (edge.protocol !== 'TCP' && edge.protocol !== 'unknown' && edge.protocol !== '')
    flags.push(['protocol', edge.protocol.toLowerCase()]);
  return flags;
}

const learned: readonly MapNode['kind'][] = ['workload', 'pod', 'service', 'fqdn'];

/** Where records tell an address alone, or pods of other names, the map knows the node from others: Hubble does not. */
function endFlags(node: MapNode, side: Side, seen: readonly RecordEnd[]): Flag[] {
  const flags = nodeFlags(node, side);
  const [[name, value] = ['', '']] = flags;
  if (!learned.includes(node.kind) || seen.length === 0) return flags;
  if (seen.every(({ named, ip }) => !named && ip !== ''))
    return unique(seen.map(({ ip }) => ip)).map((ip) => [`${side}-ip`, ip]);
  const others = seen.map(({ pod }) => pod).filter((pod) => pod !== '' && !pod.startsWith(value));
  return node.kind === 'workload' ? [...flags, ...unique(others).map((pod): Flag => [name, pod])] : flags;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** Names come from recorded traffic: they must not become anything but one word of the command. */
function quote(value: string): string {
  if (/^[\w./:@%+-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** null where a value has characters that act on a terminal or hide in it: without it the command would ask for more. */
export function hubbleCommand(flags: readonly Flag[]): string | null {
  if (flags.some(([, value]) => value !== shown(value))) return null;
  const words = flags
    .filter(([, value]) => value !== '')
    .map(([name, value]) =>
      value.startsWith('-') ? `--${name}=${quote(value)}` : `--${name} ${quote(value)}`,
    );
  return ['hubble observe', ...words].join(' ');
}
