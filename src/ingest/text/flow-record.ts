import { isIPv6 } from 'node:net';
import { dropReasonByName } from '../../domain/flow/drop-reason.js';
import type { Json } from '../../domain/flow/json.js';
import { readEndpoint, type ReadEndpoint } from './endpoint.js';
import { readFlowType } from './flow-type.js';
import { verdictOf, type PrintedFlow } from './printed-flow.js';
import { datingOf, readTime, type Dating } from './printed-time.js';
import { readSummary, type ReadSummary } from './summary.js';

const DNS = 53;

/** A flow in the words of Hubble's JSON: what was printed and not more, but for what it says was assumed. */
export interface ComposedFlow {
  flow: Json;
  assumedYear: number | undefined;
  protocolAssumed: boolean;
}

/** Undefined where one of the columns cannot be what Hubble prints. */
export function composeFlow(printed: PrintedFlow, dating: Dating): ComposedFlow | undefined {
  const verdict = verdictOf(printed.verdict);
  const dated = datingOf(printed.text, dating);
  const read = readTime(printed.time, dated);
  const source = readEndpoint(printed.source);
  const destination = readEndpoint(printed.destination);
  if (verdict === undefined || read === undefined || source === undefined || destination === undefined)
    return undefined;
  // A column that is not known, of a newer Hubble, is left to the text.
  const type = readFlowType(printed.type, verdict) ?? { fields: {}, l7: undefined };
  const summary = readSummary(printed.summary, type.l7);
  const { protocol, protocolAssumed } = protocolOf(summary, source.port, destination.port);
  // What is undefined is left out of the JSON.
  const flow: Json = {
    time: read.time,
    verdict: said(verdict),
    auth_type: said(summary.authType),
    ethernet: ethernet(source, destination),
    IP: addresses(source, destination),
    l4: layer4(protocol, summary.l4, source.port, destination.port),
    source: endpoint(source),
    destination: endpoint(destination),
    node_name: said(printed.node),
    source_names: source.names.length === 0 ? undefined : source.names,
    destination_names: destination.names.length === 0 ? undefined : destination.names,
    l7: summary.l7,
    ...details(printed),
    ...type.fields,
    is_reply: printed.isReply,
    ip_trace_id: summary.ipTraceId === '' ? undefined : { trace_id: summary.ipTraceId },
    ...policies(printed.policies, verdict, type.fields['traffic_direction']),
    Summary: said(summary.text),
  };
  return { flow, assumedYear: dated === dating ? read.assumedYear : undefined, protocolAssumed };
}

function said(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** Addresses of the link, where the packet had no IP. */
function ethernet(source: ReadEndpoint, destination: ReadEndpoint): Json | undefined {
  if (source.mac === '' && destination.mac === '') return undefined;
  return { source: said(source.mac), destination: said(destination.mac) };
}

function addresses(source: ReadEndpoint, destination: ReadEndpoint): Json | undefined {
  const any = source.ip || destination.ip;
  if (any === '') return undefined;
  const ipVersion = isIPv6(any) ? 'IPv6' : 'IPv4';
  return { source: said(source.ip), destination: said(destination.ip), ipVersion };
}

/** Ports without a protocol have no place in a record: better one is assumed than that they are lost. */
function protocolOf(
  { protocol, protocolAssumed }: ReadSummary,
  source: number,
  destination: number,
): Pick<ReadSummary, 'protocol' | 'protocolAssumed'> {
  if (protocol !== '' || (source === 0 && destination === 0)) return { protocol, protocolAssumed };
  return { protocol: source === DNS || destination === DNS ? 'UDP' : 'TCP', protocolAssumed: true };
}

function layer4(protocol: string, l4: Json, source: number, destination: number): Json | undefined {
  if (protocol === '') return undefined;
  const ports = {
    source_port: source === 0 ? undefined : source,
    destination_port: destination === 0 ? undefined : destination,
  };
  return { [protocol]: { ...ports, ...l4 } };
}

/** Only with what was said: ends are kept as they are, and compared. */
function endpoint({ identity, label, namespace, pod }: ReadEndpoint): Json {
  const json: Json = {};
  if (identity !== undefined && identity !== 0) json['identity'] = identity;
  if (namespace !== '') json['namespace'] = namespace;
  if (label !== '') json['labels'] = [label];
  if (pod !== '') json['pod_name'] = pod;
  return json;
}

/** What a type says of them, too, counts before it. */
function details({ direction, dropReason }: PrintedFlow): Json {
  const { number = 0, name } = dropReasonByName(dropReason) ?? {};
  return {
    traffic_direction: said(direction),
    ...(number === 0 ? {} : { drop_reason: number, drop_reason_desc: name }),
  };
}

/** `name (Kind), namespace/name (Kind)`; which direction they decided for is said in the type. */
function policies(text: string, verdict: string, direction: unknown): Json {
  if (text === '' || typeof direction !== 'string') return {};
  const key = `${direction.toLowerCase()}_${verdict === 'DROPPED' ? 'denied' : 'allowed'}_by`;
  return { [key]: text.split(', ').map(policy) };
}

function policy(text: string): Json {
  const [, path = text, kind] = /^(\S+)(?: \((\w+)\))?$/.exec(text) ?? [];
  const slash = path.indexOf('/');
  return { name: path.slice(slash + 1), namespace: said(path.slice(0, Math.max(0, slash))), kind };
}
