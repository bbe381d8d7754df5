import type { EdgeDetail, MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import { entityLabels } from '../panel/hubble-command.js';
import { recordEnds, type RecordEnd } from './record-ends.js';

type Side = 'from' | 'to';

/** Longer expressions are refused, and there may be one of the user beside it. */
const LONGEST = 3_000;

/**
 * The expression that finds what the map counts for a node. Not every record names a workload that the map knows from
 * others of the pod: such records are found by the name of the pod. null: nothing is told by which it could be found.
 */
export function flowsOfNode(node: MapNode): string | null {
  const [from, to] = [isNode(node, 'from', []), isNode(node, 'to', [])];
  const either = anyOf([...from, ...to]);
  return from.length === 0 || either.length > LONGEST ? null : either;
}

/**
 * The same for an edge, requests and replies. Its examples tell pods and addresses where the map learned from other
 * records what they are. Where names are too long to be asked for, the examples are all that is found.
 */
export function flowsOfEdge(
  edge: MapEdge,
  source: MapNode,
  target: MapNode,
  examples: EdgeDetail['examples'],
): string | null {
  const ends = recordEnds(edge, examples);
  const clients = ends.map(({ client }) => client);
  const servers = ends.map(({ server }) => server);
  const requests = [
    ...named(isNode(source, 'from', clients)),
    ...named(isNode(target, 'to', servers)),
    ...portOf(edge, 'to'),
  ];
  const replies = [
    ...named(isNode(source, 'to', clients)),
    ...named(isNode(target, 'from', servers)),
    ...portOf(edge, 'from'),
  ];
  if (requests.length === 0) return null;
  const text = [...protocolOf(edge), anyOf([allOf(requests), allOf(replies)])].join(' and ');
  return text.length > LONGEST ? examplesAlone(ends) : text;
}

function examplesAlone(ends: readonly { client: RecordEnd; server: RecordEnd }[]): string | null {
  const pairs = ends.flatMap(({ client, server }) =>
    client.ip && server.ip ? [allOf([...hasIp('', [client.ip]), ...hasIp('', [server.ip])])] : [],
  );
  return pairs.length > 0 ? anyOf([...new Set(pairs)]) : null;
}

/** Any of these makes an end of a record the node. */
function isNode(node: MapNode, side: Side, seen: readonly RecordEnd[]): string[] {
  const names = byName(node, side);
  return names.length === 0
    ? []
    : [allOf([...names, ...inCluster(node, side)]), ...bySight(node, side, seen)];
}

function byName({ kind, name, namespace }: MapNode, side: Side): string[] {
  const inNamespace = namespace ? [`${side}-namespace = ${quoted(namespace)}`] : [];
  switch (kind) {
    case 'workload':
      return [
        ...inNamespace,
        anyOf([`${side}-workload = ${quoted(name)}`, podsNamed(namespace, name, side)]),
      ];
    case 'pod':
      return [`${side}-pod ~ ${quoted(`^${literal(`${namespace}/${name}`)}$`)}`];
    case 'namespace':
      return [`${side}-namespace = ${quoted(name)}`];
    case 'cluster':
      return [`${side}-cluster = ${quoted(name)}`];
    case 'label':
      return [`${side}-label = ${quoted(name)}`];
    case 'service':
      return [`${side}-service = ${quoted(`${namespace}/${name}`)}`];
    case 'entity':
      return [entity(name, side)];
    case 'fqdn':
      return [`${side}-fqdn = ${quoted(name)}`];
    case 'cidr':
    case 'ip':
      return [`${side}-ip = ${quoted(name)}`];
    case 'group':
      return inNamespace;
    case 'unknown':
      return [];
  }
}

/** Kubernetes cuts the name of the owner to this before it generates the rest. */
const KEPT_OF_OWNER = 58;

/** Pods of a controller add up to two parts to its name, a pod without one none. */
function podsNamed(namespace: string, name: string, side: Side): string {
  const owner = literal(`${namespace}/${name.slice(0, KEPT_OF_OWNER)}`);
  const rest = name.length < KEPT_OF_OWNER ? '(-[^-]+){0,2}$' : '';
  return allOf([`not ${side}-workload ~ "."`, `${side}-pod ~ ${quoted(`^${owner}${rest}`)}`]);
}

/** Names outside of the cluster carry the label of the world, too. */
function entity(name: string, side: Side): string {
  const labels = entityLabels(name).map((label) => `${side}-label = ${quoted(label)}`);
  return name === 'world' ? allOf([anyOf(labels), `not ${side}-fqdn ~ "."`]) : anyOf(labels);
}

/** "default" is also what the map calls a cluster that no record names. */
function inCluster({ kind, cluster }: MapNode, side: Side): string[] {
  if (kind === 'cluster' || cluster === '' || cluster === 'default') return [];
  const label = `k8s:io.cilium.k8s.policy.cluster=${cluster}`;
  return [anyOf([`${side}-cluster = ${quoted(cluster)}`, `${side}-label = ${quoted(label)}`])];
}

const learned: readonly MapNode['kind'][] = ['workload', 'pod', 'service', 'fqdn'];

/** Pods whose names do not tell the workload, and addresses of which the record says nothing more. */
function bySight({ kind }: MapNode, side: Side, seen: readonly RecordEnd[]): string[] {
  if (!learned.includes(kind)) return [];
  const pods = kind === 'workload' ? unique(seen.map(({ pod }) => pod)) : [];
  const addresses = unique(seen.map(({ named, ip }) => (named ? '' : ip)));
  return [
    ...(pods.length > 0 ? [`${side}-pod in (${pods.map(quoted).join(', ')})`] : []),
    ...hasIp(`${side}-`, addresses),
  ];
}

function hasIp(side: string, addresses: readonly string[]): string[] {
  return addresses.length > 0 ? [`${side}ip in (${addresses.map(quoted).join(', ')})`] : [];
}

function portOf({ port, protocol }: MapEdge, side: Side): string[] {
  const counts = port !== null && port > 0 && ['TCP', 'UDP', 'SCTP'].includes(protocol);
  return counts ? [`${side}-port = ${String(port)}`] : [];
}

function protocolOf({ protocol }: MapEdge): string[] {
  const known = /^(tcp|udp|sctp|icmpv4|icmpv6|vrrp|igmp)$/i.test(protocol);
  return known ? [`protocol = ${protocol.toLowerCase()}`] : [];
}

function named(alternatives: readonly string[]): string[] {
  return alternatives.length > 0 ? [anyOf(alternatives)] : [];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

function allOf(conditions: readonly string[]): string {
  return conditions.length === 1 ? conditions.join() : `(${conditions.join(' and ')})`;
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 1 ? conditions.join() : `(${conditions.join(' or ')})`;
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, String.raw`\$&`)}"`;
}

/** The text itself in a regular expression. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
