import { objectOf, type Json } from '../domain/flow/json.js';
import type { FlowRecord, HubbleRecord } from '../domain/flow/record.js';
import { Fields } from './shown.js';

/** A record with all that a format may tell of it. */
export interface PrintableRecord {
  kind: HubbleRecord['kind'];
  record: HubbleRecord;
  /** The flow or event itself. */
  body: Fields;
  /** What it came in; a bare record has none. */
  envelope: Fields;
  /** Its JSON on one line. */
  json: string;
}

/** Writes records in one of Hubble's formats. A printer belongs to one output: it knows what stands in it already. */
export interface Printer {
  /** What is to be written now; with line breaks, or empty. */
  print(record: PrintableRecord): string;
  /** The state of a node: Hubble tells of it on standard error. */
  status(record: PrintableRecord): string;
  /** What had to wait for the last record. */
  end(): AsyncIterable<string>;
}

const MEMBERS = {
  lost_events: ['lost_events', 'lostEvents'],
  node_status: ['node_status', 'nodeStatus'],
  agent_event: ['agent_event', 'agentEvent'],
  debug_event: ['debug_event', 'debugEvent'],
} as const;

export function printable(record: HubbleRecord, json: string): PrintableRecord {
  if (record.kind === 'flow')
    return {
      kind: 'flow',
      record,
      body: new Fields(withNames(record)),
      envelope: new Fields(record.envelope),
      json,
    };
  const value = JSON.parse(json) as Json;
  const [snake, camel] = MEMBERS[record.kind];
  const body = value[snake] ?? value[camel];
  // `lost_events` may come bare, too.
  return {
    kind: record.kind,
    record,
    body: new Fields(objectOf(body ?? value)),
    envelope: new Fields(body === undefined ? {} : value),
    json,
  };
}

/**
 * Hubble prints no names where there is no address. What was read from text is the exception: it has the
 * names of what had one.
 */
function withNames({ flow, envelope }: FlowRecord): Json {
  const isText = 'read_from' in objectOf(envelope['flowatlas']);
  return isText && flow['IP'] === undefined && flow['ethernet'] === undefined ? { ...flow, IP: {} } : flow;
}
