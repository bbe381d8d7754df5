import { FlowReader } from '../domain/flow/flow-reader.js';
import type { Endpoint, Flow } from '../domain/flow/flow.js';
import { recogniseRecord } from '../domain/flow/record.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { csvLineOf } from '../http/csv-cell.js';
import type { StoredFlow } from '../store/queries.js';

type Column = (flow: Flow, time: bigint | undefined) => string | number;

const columns: Record<string, Column> = {
  time: (_, time) => (time === undefined ? '' : formatTimestamp(time)),
  uuid: ({ uuid }) => uuid,
  verdict: ({ traits }) => traits.verdict,
  drop_reason: ({ traits }) => traits.dropReason,
  type: ({ traits }) => traits.type,
  traffic_direction: ({ traits }) => traits.direction,
  is_reply: ({ traits }) => (traits.isReply === undefined ? '' : String(traits.isReply)),
  source: ({ source }) => nameOf(source),
  source_ip: ({ source }) => source.ip,
  source_port: ({ sourcePort }) => sourcePort || '',
  destination: ({ destination }) => nameOf(destination),
  destination_ip: ({ destination }) => destination.ip,
  destination_port: ({ destinationPort }) => destinationPort || '',
  protocol: ({ traits }) => traits.protocol,
  l7: ({ l7 }) => summary(l7),
  node: ({ node }) => node,
};

export const csvHeader = csvLineOf(Object.keys(columns));

const reader = new FlowReader();

/** One line of RFC 4180. Empty where the record cannot be read any more, which should never be. */
export function csvLine(stored: StoredFlow): string {
  const record = recogniseRecord(JSON.parse(stored.record));
  if (record?.kind !== 'flow') return '';
  return csvRow(reader.read(record), stored.time);
}

/** The time is the one at which the flow is held; its own may be missing. */
export function csvRow(flow: Flow, time: bigint | undefined): string {
  return csvLineOf(Object.values(columns).map((column) => column(flow, time)));
}

function nameOf({ namespace, pod, names, service }: Endpoint): string {
  if (pod !== '') return `${namespace}/${pod}`;
  return names.length > 0 ? names.join(' ') : service;
}

function summary(l7: Flow['l7']): string {
  if (l7?.http !== undefined) return `${l7.http.method} ${l7.http.url} ${l7.http.status || ''}`.trim();
  return l7?.dns === undefined ? '' : `${l7.dns.query} ${l7.dns.qtypes}`.trim();
}
