import ipaddr from 'ipaddr.js';
import { reservedEntity } from './enums.js';
import type { Endpoint, ServiceName } from './flow.js';

/**
 * Which node of the service map an endpoint is: the identity rule, written here and nowhere else.
 * The numeric identity of a CIDR or FQDN never counts: it differs from node to node.
 * https://docs.cilium.io/en/stable/internals/security-identities/
 */
export interface NodeIdentity {
  id: string;
  kind: NodeKind;
  name: string;
  namespace: string;
  cluster: string;
}

type NodeKind =
  | 'label'
  | 'workload'
  | 'pod'
  | 'namespace'
  | 'cluster'
  | 'service'
  | 'entity'
  | 'fqdn'
  | 'cidr'
  | 'ip'
  | 'unknown';

/** The coarsest first. */
export const LEVELS = ['cluster', 'namespace', 'workload', 'pod'] as const;
export type Level = (typeof LEVELS)[number];
/** Nodes are the values of a label. */
export type LabelLevel = `label:${string}`;
export type MapLevel = Level | LabelLevel;

export function isLabelLevel(level: string): level is LabelLevel {
  return level.startsWith('label:');
}

/** The workload that other records gave for a pod, by `podKey`. */
export type WorkloadOfPod = (podKey: string) => string | undefined;

const CLUSTER_LABEL = 'k8s:io.cilium.k8s.policy.cluster=';
const NAMESPACE_LABEL = 'k8s:io.kubernetes.pod.namespace=';
const NAME_LABELS = ['k8s:app.kubernetes.io/name=', 'k8s:k8s-app=', 'k8s:app='];
/** When a label names several: the most telling first. */
const ENTITIES = ['host', 'remote-node', 'kube-apiserver', 'ingress', 'health', 'init', 'unmanaged', 'world'];

/** The end that the map shows in its place: the pod that it was joined to, or itself. */
export function shownAs(endpoint: Endpoint): Endpoint {
  return endpoint.learned?.pod ?? endpoint;
}

export function identify(told: Endpoint, level: Level, workloadOfPod: WorkloadOfPod): NodeIdentity {
  const endpoint = shownAs(told);
  const namespace = namespaceOf(endpoint);
  if (endpoint.pod === '' && namespace === '' && endpoint.workloads.length === 0) return outsider(endpoint);
  const cluster = clusterOf(endpoint);
  if (level === 'cluster') return node('cluster', cluster, cluster, '', cluster);
  if (level === 'namespace')
    return node('namespace', `${cluster}/${namespace}`, namespace, namespace, cluster);
  if (level === 'pod' && endpoint.pod !== '') {
    return node('pod', podKey(endpoint), endpoint.pod, namespace, cluster);
  }
  const name = workloadName(endpoint, workloadOfPod);
  // A mask left nothing but the namespace: that is the finest thing known.
  if (name === '') return node('namespace', `${cluster}/${namespace}`, namespace, namespace, cluster);
  return node('workload', `${cluster}/${namespace}/${name}`, name, namespace, cluster);
}

/**
 * Whatever carries the label is the node of its value, in any namespace. A key may name its source (`k8s:team`); without
 * one, or with Cilium's `any:`, any source counts, the first in order of the alphabet. Undefined where it is not there.
 */
export function labelNode(endpoint: Endpoint, level: LabelLevel): NodeIdentity | undefined {
  const { labels } = shownAs(endpoint);
  const key = level.slice('label:'.length);
  const asked = key.replace(/^any:/, '');
  const [value] = labels.flatMap((label) => labelValue(label, asked) ?? []).sort();
  return value === undefined ? undefined : node('label', `${level}=${value}`, `${key}=${value}`, '', '');
}

function labelValue(label: string, key: string): string | undefined {
  const equals = label.indexOf('=');
  const name = equals < 0 ? label : label.slice(0, equals);
  if (name !== key && name.slice(name.indexOf(':') + 1) !== key) return undefined;
  return equals < 0 ? '' : label.slice(equals + 1);
}

export function podKey(endpoint: Endpoint): string {
  return `${clusterOf(endpoint)}/${namespaceOf(endpoint)}/${endpoint.pod}`;
}

/** Records before Cilium 1.16 do not carry the cluster's name; `default` is what Cilium calls it then. */
function clusterOf(endpoint: Endpoint): string {
  return endpoint.cluster || valueOf(endpoint.labels, CLUSTER_LABEL) || 'default';
}

export function namespaceOf(endpoint: Endpoint): string {
  return endpoint.namespace || valueOf(endpoint.labels, NAMESPACE_LABEL);
}

function workloadName(endpoint: Endpoint, workloadOfPod: WorkloadOfPod): string {
  const given = endpoint.workloads[0]?.name;
  if (given !== undefined) return given;
  if (endpoint.pod !== '') return workloadOfPod(podKey(endpoint)) ?? withoutGeneratedSuffix(endpoint.pod);
  for (const label of NAME_LABELS) {
    const value = valueOf(endpoint.labels, label);
    if (value !== '') return value;
  }
  return '';
}

/** The alphabet of generated names: no vowels and nothing that looks like another character. */
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]';
const GENERATED = [
  new RegExp(`-${SAFE}{8,10}-${SAFE}{5}$`), // Deployment: ReplicaSet hash and pod
  new RegExp(`-\\d{8,}-${SAFE}{5}$`), // CronJob: minutes since 1970 and pod
  new RegExp(`-${SAFE}{5}$`), // DaemonSet, Job
  /-\d+$/, // StatefulSet ordinal
];

/** The name of the controller that most likely made a pod of this name. */
export function withoutGeneratedSuffix(pod: string): string {
  for (const suffix of GENERATED) {
    const name = pod.replace(suffix, '');
    if (name !== pod && name !== '') return name;
  }
  return pod;
}

/** An address outside that neither Hubble nor a label names. */
export function isNameless(endpoint: Endpoint): boolean {
  const { pod, names, ip, service, labels } = endpoint;
  if (pod !== '' || names.length > 0 || ip === '' || service !== '') return false;
  if (namespaceOf(endpoint) !== '' || valueOf(labels, 'fqdn:') !== '') return false;
  const entity = entityOf(endpoint);
  return entity === undefined || entity === 'world';
}

/** Endpoints that are no pod: the name, the address range, the entity, the service or the address. */
function outsider(endpoint: Endpoint): NodeIdentity {
  const name = endpoint.names[0] ?? endpoint.learned?.name?.name ?? valueOf(endpoint.labels, 'fqdn:');
  if (name !== '') return prefixed('fqdn', name.replace(/\.$/, '').toLowerCase());
  const cidr = mostSpecificCidr(endpoint.labels);
  if (cidr !== '') return prefixed('cidr', cidr);
  const entity = entityOf(endpoint);
  if (entity !== undefined) return prefixed('entity', entity);
  if (serviceOf(endpoint).name !== '') return serviceNode(endpoint);
  if (endpoint.ip !== '') return prefixed('ip', endpoint.ip);
  return node('unknown', 'unknown', 'unknown', '', '');
}

/** The one that Hubble told, else the one that was learned; without a name where there is none. */
export function serviceOf({ service, serviceNamespace, learned }: Endpoint): ServiceName {
  const told = { name: service, namespace: serviceNamespace };
  return service === '' ? (learned?.service ?? told) : told;
}

/** Nothing but the Service that was learned for it tells what it is. */
export function isLearnedService(endpoint: Endpoint): boolean {
  if (endpoint.learned?.service === undefined || endpoint.service !== '') return false;
  return identify(endpoint, 'workload', () => undefined).kind === 'service';
}

function serviceNode(endpoint: Endpoint): NodeIdentity {
  const { name, namespace } = serviceOf(endpoint);
  const cluster = clusterOf(endpoint);
  return node('service', `service:${cluster}/${namespace}/${name}`, name, namespace, cluster);
}

/** Hubble told nothing of it but the address: the agent did not know, or a mask took it. */
export function isUntold(endpoint: Endpoint): boolean {
  const { identity, cluster, namespace, pod, labels, workloads, names, service, ip } = endpoint;
  if (ip === '' || identity !== 0 || `${cluster}${namespace}${pod}${service}` !== '') return false;
  return names.length + workloads.length === 0 && labels.every((label) => label === 'reserved:unknown');
}

export function entityOf(endpoint: Endpoint): string | undefined {
  const byNumber = reservedEntity(endpoint.identity);
  if (byNumber !== undefined) return byNumber;
  for (const entity of ENTITIES) {
    const isEntity = (label: string) =>
      label === `reserved:${entity}` || label.startsWith(`reserved:${entity}-ipv`);
    if (endpoint.labels.some(isEntity)) return entity;
  }
  return undefined;
}

/** The longest prefix; a /0 says no more than "world". Cilium writes the colons of IPv6 as dashes. */
function mostSpecificCidr(labels: readonly string[]): string {
  let best = '';
  let longest = 0;
  for (const label of labels) {
    if (!label.startsWith('cidr:')) continue;
    const text = label.slice('cidr:'.length);
    const cidr = text.includes(':') || !text.includes('-') ? text : text.replaceAll('-', ':');
    if (!ipaddr.isValidCIDR(cidr)) continue;
    const [, length] = ipaddr.parseCIDR(cidr);
    if (length > longest || (length === longest && cidr < best)) {
      best = cidr;
      longest = length;
    }
  }
  return best;
}

function valueOf(labels: readonly string[], prefix: string): string {
  for (const label of labels) if (label.startsWith(prefix)) return label.slice(prefix.length);
  return '';
}

function prefixed(kind: NodeKind, name: string): NodeIdentity {
  return node(kind, `${kind}:${name}`, name, '', '');
}

function node(kind: NodeKind, id: string, name: string, namespace: string, cluster: string): NodeIdentity {
  return { id, kind, name, namespace, cluster };
}
