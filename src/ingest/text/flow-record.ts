import { isIPv6 } from 'node:net';
import type { Json } from '../../domain/flow/json.js';
import { readEndpoint, type ReadEndpoint } from './endpoint.js';
import { readFlowType } from './flow-type.js';
import { verdictOf, type PrintedFlow } from './printed-flow.js';
import { readTime, type Dating } from './printed-time.js';
import { readSummary, type ReadSummary } from './summary.js';

/** A flow in the words of Hubble's JSON: what was printed and not more, but for what it says was assumed. */
export interface ComposedFlow {
  flow: Json;
  assumedYear: number | undefined;
  protocolAssumed: boolean;
}

/** Undefined where one of the columns cannot be what Hubble prints. */
export function composeFlow(printed: PrintedFlow, dating: Dating): ComposedFlow | undefined {
  const verdict = verdictOf(printed.verdict);
  const read = readTime(printed.time, dating);
  const source = readEndpoint(printed.source);
  const destination = readEndpoint(printed.destination);
  if (verdict === undefined || read === undefined || source === undefined || destination === undefined)
    return undefined;
  // A column that is not known, of a newer Hubble, is left to the text.
  const type = readFlowType(printed.type, verdict) ?? { fields: {}, l7: undefined };
  const summary = readSummary(printed.summary, type.l7);
  const flow: Json = {
    ...given('time', read.time),
    ...given('verdict', verdict),
    ...given('auth_type', summary.authType),
    ...between(source, destination),
    ...layer4(summary, source, destination),
    source: endpoint(source),
    destination: endpoint(destination),
    ...given('node_name', printed.node),
    ...names('source_names', source),
    ...names('destination_names', destination),
    ...(summary.l7 === undefined ? {} : { l7: summary.l7 }),
    ...type.fields,
    ...(printed.isReply === undefined ? {} : { is_reply: printed.isReply }),
    ...(summary.ipTraceId === '' ? {} : { ip_trace_id: { trace_id: summary.ipTraceId } }),
    ...policies(printed.policies, verdict, type.fields['traffic_direction']),
    ...given('Summary', summary.text),
  };
  return { flow, assumedYear: read.assumedYear, protocolAssumed: summary.protocolAssumed };
}

function given(key: string, text: string | undefined): Json {
  return text === undefined || text === '' ? {} : { [key]: text };
}

/** Addresses, or those of the link where the packet had no IP. */
function between(source: ReadEndpoint, destination: ReadEndpoint): Json {
  const ethernet = { ...given('source', source.mac), ...given('destination', destination.mac) };
  const address = source.ip || destination.ip;
  const ip = {
    ...given('source', source.ip),
    ...given('destination', destination.ip),
    ipVersion: isIPv6(address) ? 'IPv6' : 'IPv4',
  };
  return {
    ...(source.mac === '' && destination.mac === '' ? {} : { ethernet }),
    ...(address === '' ? {} : { IP: ip }),
  };
}

function layer4({ protocol, l4 }: ReadSummary, source: ReadEndpoint, destination: ReadEndpoint): Json {
  if (protocol === '') return {};
  const ports = {
    ...(source.port === 0 ? {} : { source_port: source.port }),
    ...(destination.port === 0 ? {} : { destination_port: destination.port }),
  };
  return { l4: { [protocol]: { ...ports, ...l4 } } };
}

function endpoint({ identity, label, namespace, pod }: ReadEndpoint): Json {
  return {
    ...(identity === undefined || identity === 0 ? {} : { identity }),
    ...given('namespace', namespace),
    ...(label === '' ? {} : { labels: [label] }),
    ...given('pod_name', pod),
  };
}

function names(key: string, { names: list }: ReadEndpoint): Json {
  return list.length === 0 ? {} : { [key]: list };
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
  return {
    name: path.slice(slash + 1),
    ...given('namespace', path.slice(0, Math.max(0, slash))),
    ...given('kind', kind),
  };
}
