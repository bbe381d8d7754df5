import { dnsName } from '../flow/dns-name.js';
import { EventType, type Endpoint, type Flow, type Side } from '../flow/flow.js';
import { rcodeOf, rcodes } from '../flow/rcodes.js';

/**
 * What flows can be told apart by. The names are those of filters, and a value is what the filter of that name
 * takes, so that a group or a hint can be asked for as it stands (but for `http-path`, `http-url` and `dns-query`, which
 * are patterns there, and labels that no selector can spell).
 */
export interface Field {
  readonly name: string;
  readonly describe: string;
  /** Empty where the flow does not say. */
  all(flow: Flow): readonly string[];
}

/** One that has a single value, so that flows can be divided by it. */
export interface GroupField extends Field {
  /** Empty where the flow does not say. */
  readonly of: Read;
}

const eventTypes = new Map<number, string>([
  [EventType.drop, 'drop'],
  [EventType.capture, 'capture'],
  [EventType.trace, 'trace'],
  [EventType.policyVerdict, 'policy-verdict'],
  [EventType.traceSock, 'trace-sock'],
  [EventType.l7, 'l7'],
]);

const ipVersions = new Map([
  ['IPv4', 'v4'],
  ['IPv6', 'v6'],
]);

type Read = (flow: Flow) => string;
type ReadEnd = (flow: Flow, side: Side) => string;
type ReadAll = (end: Endpoint) => readonly string[];

const plain: readonly GroupField[] = [
  single('verdict', 'verdict', ({ traits }) => traits.verdict),
  {
    ...single('protocol', 'protocol of layer 4', ({ traits }) => lower(traits.protocol)),
    all: ({ traits, l7 }) =>
      said(l7 === undefined || l7.kind === 'other' ? '' : l7.kind, lower(traits.protocol)),
  },
  single('type', 'event type', ({ traits }) => typeOf(traits.eventType)),
  single('traffic-direction', 'direction', ({ traits }) => lower(traits.direction)),
  single('reply', 'whether it is a reply', replyOf),
  single('drop-reason-desc', 'reason of a drop', ({ traits }) => traits.dropReason),
  single('tcp-flags', 'TCP flags that are set', ({ traits }) => traits.tcpFlags),
  single('ip-version', 'v4 or v6', ({ traits }) => ipVersions.get(traits.ipVersion) ?? ''),
  single('encrypted', 'true where the datapath told so', ({ traits }) => (traits.encrypted ? 'true' : '')),
  {
    ...single(
      'policy',
      'first policy named, a denying one before others',
      (flow) => policiesOf(flow)[0] ?? '',
    ),
    all: (flow) => said(...policiesOf(flow)),
  },
  single('node-name', 'node that observed it', ({ node }) => node),
  single('http-status', 'status of an HTTP response', ({ l7 }) => nonZero(l7?.http?.status)),
  single('http-method', 'HTTP method', ({ l7 }) => l7?.http?.method ?? ''),
  single('http-path', 'path of the URL', ({ l7 }) => l7?.http?.path ?? ''),
  single('http-url', 'URL', ({ l7 }) => l7?.http?.url ?? ''),
  single('dns-query', 'name asked for in DNS', ({ l7 }) => dnsName(l7?.dns?.query)),
  single('dns-rcode', 'how a DNS server answered', rcodeName),
];

/** Of an end that may have several values, the first one is what groups are called. */
const sided: readonly (readonly [name: string, describe: string, of: ReadEnd, all?: ReadAll])[] = [
  ['namespace', 'namespace', onEnd(({ namespace }) => namespace)],
  ['pod', 'pod as namespace/name', onEnd((end) => qualified(end.namespace, end.pod))],
  ['workload', 'first workload that the record names', onEnd(workloadOf), workloadsOf],
  ['service', 'service as namespace/name', onEnd((end) => qualified(end.serviceNamespace, end.service))],
  ['ip', 'address', onEnd(({ ip }) => ip)],
  ['port', 'port', portOf],
  ['fqdn', 'first DNS name of the address', onEnd(({ names: [name = ''] }) => name), ({ names }) => names],
  ['identity', 'security identity', onEnd(({ identity }) => nonZero(identity))],
  ['cluster', 'cluster', onEnd(({ cluster }) => cluster)],
];

const sides = [
  ['from', 'source'],
  ['to', 'destination'],
] as const;

/** What flows can be divided by. */
export const groupFields: ReadonlyMap<string, GroupField> = byName([
  ...plain,
  ...sided.flatMap(([name, describe, of, all]) =>
    sides.map(([prefix, side]) => ({
      ...single(`${prefix}-${name}`, `${describe}, of the ${side}`, (flow) => of(flow, side)),
      ...(all !== undefined && { all: (flow: Flow) => said(...all(flow[side])) }),
    })),
  ),
]);

/** What there are hints for: also either side, and labels. */
export const hintFields: ReadonlyMap<string, Field> = byName<Field>([
  ...groupFields.values(),
  ...sided.map(([name, describe, of, all]) => ({
    name,
    describe: `${describe}, of either side`,
    all:
      all === undefined
        ? (flow: Flow) => said(of(flow, 'source'), of(flow, 'destination'))
        : ({ source, destination }: Flow) => said(...all(source), ...all(destination)),
  })),
  ...sides.map(([prefix, side]) => ({
    name: `${prefix}-label`,
    describe: `label of the ${side}`,
    all: (flow: Flow) => flow[side].labels,
  })),
  {
    name: 'label',
    describe: 'label of either side',
    all: ({ source, destination }) => said(...source.labels, ...destination.labels),
  },
]);

function single(name: string, describe: string, of: Read): GroupField {
  return { name, describe, of, all: (flow) => said(of(flow)) };
}

const nothing: readonly string[] = [];

/** Each once, and only what there is. */
function said(...values: readonly string[]): readonly string[] {
  if (values.length === 1) return values[0] === '' ? nothing : values;
  return [...new Set(values)].filter((value) => value !== '');
}

function byName<T extends { name: string }>(fields: readonly T[]): ReadonlyMap<string, T> {
  return new Map(fields.map((field) => [field.name, field]));
}

function onEnd(of: (end: Endpoint) => string): ReadEnd {
  return (flow, side) => of(flow[side]);
}

function typeOf(eventType: number): string {
  return eventTypes.get(eventType) ?? nonZero(eventType);
}

/** As the filter has it: of a drop, "not known" is "no reply". */
function replyOf({ traits }: Flow): string {
  const isReply = traits.isReply ?? (traits.verdict === 'DROPPED' ? false : undefined);
  return isReply === undefined ? '' : String(isReply);
}

function policiesOf({ policies }: Flow): readonly string[] {
  return [...policies.deniedBy, ...policies.allowedBy];
}

function rcodeName({ l7 }: Flow): string {
  const rcode = rcodeOf(l7);
  return rcode === undefined ? '' : (rcodes[rcode] ?? String(rcode));
}

function workloadOf({ workloads }: Endpoint): string {
  return workloads[0]?.name ?? '';
}

function workloadsOf({ workloads }: Endpoint): readonly string[] {
  return workloads.map(({ name }) => name);
}

function portOf({ traits, sourcePort, destinationPort }: Flow, side: Side): string {
  if (traits.protocol.startsWith('ICMP')) return '';
  return nonZero(side === 'source' ? sourcePort : destinationPort);
}

function qualified(namespace: string, name: string): string {
  return name === '' ? '' : `${namespace}/${name}`;
}

function nonZero(number = 0): string {
  return number === 0 ? '' : String(number);
}

const lowered = new Map<string, string>();

/** Of names of enums, of which there are few. */
function lower(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const text = name.toLowerCase();
  if (lowered.size < 1_000) lowered.set(name, text);
  return text;
}
