import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import type { Flag } from '../api/queries.js';

type Side = 'from' | 'to' | '';

/** The flags of `hubble observe`, and so the REST filters, that come closest to one node of the map. */
export function nodeFlags(node: MapNode, side: Side): Flag[] {
  const flag = (name: string): string => (side ? `${side}-${name}` : name);
  const namespace: Flag[] = node.namespace ? [[flag('namespace'), node.namespace]] : [];
  switch (node.kind) {
    case 'workload':
      return [...namespace, [flag('workload'), node.name]];
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
      return [[flag('label'), `reserved:${node.name}`]];
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

const withPorts = new Set(['TCP', 'UDP', 'SCTP']);

/** The forward direction of an edge; answers travel the other way and are not matched. */
export function edgeFlags(edge: MapEdge, source: MapNode, target: MapNode): Flag[] {
  const flags = [...nodeFlags(source, 'from'), ...nodeFlags(target, 'to')];
  if (edge.port !== null && edge.port > 0 && withPorts.has(edge.protocol)) {
    flags.push(['to-port', String(edge.port)]);
  }
  if (edge.protocol !== 'TCP' && edge.protocol !== 'unknown' && edge.protocol !== '')
    flags.push(['protocol', edge.protocol.toLowerCase()]);
  return flags;
}

/** Names come from recorded traffic: they must not become anything but one word of the command. */
function quote(value: string): string {
  if (/^[\w./:@%+-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

export function hubbleCommand(flags: readonly Flag[]): string {
  const words = flags
    // eslint-disable-next-line no-control-regex -- a control character would act on the terminal
    .filter(([, value]) => value !== '' && !/[\u0000-\u001f\u007f-\u009f]/.test(value))
    .map(([name, value]) =>
      value.startsWith('-') ? `--${name}=${quote(value)}` : `--${name} ${quote(value)}`,
    );
  return ['hubble observe', ...words].join(' ');
}
