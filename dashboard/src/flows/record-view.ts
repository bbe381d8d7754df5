import type { FlowRecord } from '../../../src/flows/flows.schema.js';
import { shown } from '../ui/shown.js';
import { at, items, num, str } from './read.js';

/** One row of the flow table, read out of a record in whatever shape it came. */
export interface RecordView {
  uuid: string;
  time: string;
  source: string;
  destination: string;
  port: string;
  l7: string;
  verdict: string;
  dropReason: string;
  type: string;
  isReply: boolean;
}

export function toView(record: FlowRecord, arrival: string | undefined): RecordView {
  const flow = at(record, 'flow') ?? record;
  const isReply = at(flow, 'is_reply') === true || at(flow, 'reply') === true;
  return {
    uuid: str(flow, 'uuid'),
    time: str(flow, 'time') || str(record, 'time') || (arrival ?? ''),
    source: shown(endpoint(flow, 'source')),
    destination: shown(endpoint(flow, 'destination')),
    port: shown(portOf(flow, isReply)),
    l7: shown(l7Of(flow)),
    verdict: shown(str(flow, 'verdict')),
    dropReason: shown(str(flow, 'drop_reason_desc')),
    type: shown(typeOf(flow)),
    isReply,
  };
}

function endpoint(flow: unknown, side: 'source' | 'destination'): string {
  const end = at(flow, side);
  const pod = str(end, 'pod_name');
  const namespace = str(end, 'namespace');
  if (pod) return namespace ? `${namespace}/${pod}` : pod;
  const address = str(at(flow, 'IP'), side);
  const name = items(flow, `${side}_names`).find((one) => typeof one === 'string');
  if (typeof name === 'string') return address ? `${name} (${address})` : name;
  const service = str(at(flow, `${side}_service`), 'name');
  const reserved = items(end, 'labels').find(
    (label): label is string => typeof label === 'string' && label.startsWith('reserved:'),
  );
  const entity = reserved?.slice('reserved:'.length) ?? service;
  if (entity && address) return `${entity} (${address})`;
  return entity || address || (namespace ? `${namespace}/` : 'unknown');
}

function portOf(flow: unknown, isReply: boolean): string {
  const l4 = at(flow, 'l4');
  if (typeof l4 !== 'object' || l4 === null) return '';
  const [protocol] = Object.keys(l4);
  if (!protocol) return '';
  const port = num(at(l4, protocol), isReply ? 'source_port' : 'destination_port');
  return port === null ? protocol : `${String(port)} ${protocol}`;
}

function l7Of(flow: unknown): string {
  const l7 = at(flow, 'l7');
  const http = at(l7, 'http');
  if (http) {
    const code = num(http, 'code');
    return [code === null || code === 0 ? '' : String(code), str(http, 'method'), str(http, 'url')]
      .filter((part) => part !== '')
      .join(' ');
  }
  const dns = at(l7, 'dns');
  if (dns) return dnsWords(dns);
  return str(at(l7, 'kafka'), 'topic');
}

function dnsWords(dns: unknown): string {
  const rcode = num(dns, 'rcode');
  const answers = items(dns, 'ips').filter((ip) => typeof ip === 'string');
  return [
    `DNS ${str(dns, 'query')}`,
    answers.length > 0 ? `→ ${answers.join(', ')}` : '',
    rcode ? `rcode ${String(rcode)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const eventTypes: Record<number, string> = {
  1: 'drop',
  3: 'capture',
  4: 'trace',
  5: 'policy-verdict',
  7: 'trace-sock',
  129: 'l7',
};

function typeOf(flow: unknown): string {
  const l7 = str(at(flow, 'l7'), 'type').toLowerCase();
  if (l7) return `l7 ${l7}`;
  const point = str(flow, 'trace_observation_point').toLowerCase().replaceAll('_', '-');
  const type = num(at(flow, 'event_type'), 'type');
  const name = type === null ? '' : (eventTypes[type] ?? `event ${String(type)}`);
  return [name || str(flow, 'Type'), point].filter((part) => part !== '').join(':');
}
