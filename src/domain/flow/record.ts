import { camelCase, countOf, isObject, textOf, type Json } from './json.js';
import { protoMessages } from './flow-proto.js';
import { parseTimestamp } from './timestamp.js';

/**
 * A record is one JSON object as Hubble writes it: a flow, or word of something else that happened.
 * Shapes: https://docs.cilium.io/en/stable/_api/v1/observer/README/ (GetFlowsResponse) and the
 * exporter's ExportEvent; bare flows come from `hubble observe -o json` before 0.11.
 */
export type HubbleRecord = FlowRecord | EventRecord;

export interface FlowRecord {
  kind: 'flow';
  flow: Json;
  /** Empty for a bare flow. */
  envelope: Json;
}

export type EventKind = 'lost_events' | 'node_status' | 'agent_event' | 'debug_event';

export interface EventRecord {
  kind: EventKind;
  node: string;
  time: bigint | undefined;
  /** Only of lost_events. */
  lost: LostEvents | undefined;
}

interface LostEvents {
  /** PERF_EVENT_RING_BUFFER, OBSERVER_EVENTS_QUEUE, HUBBLE_RING_BUFFER. */
  source: string;
  /** At most 2^53 - 1, though Hubble counts in 64 bits. */
  events: number;
  first: bigint | undefined;
  last: bigint | undefined;
}

const bare: Json = Object.freeze({});

/** The record that a JSON value is, or undefined when it is none. Wrappers of log pipelines are the decoder's business. */
export function recogniseRecord(value: unknown): HubbleRecord | undefined {
  if (!isObject(value)) return undefined;
  const { flow } = value;
  if (isObject(flow) && mayBeFlow(flow, value)) return { kind: 'flow', flow, envelope: value };
  const lost = value['lost_events'] ?? value['lostEvents'];
  if (isObject(lost)) return eventRecord('lost_events', value, lostEvents(lost));
  for (const [kind, camel] of otherKinds) {
    if (isObject(value[kind] ?? value[camel])) return eventRecord(kind, value, undefined);
  }
  if (isBareLostEvent(value)) return eventRecord('lost_events', value, lostEvents(value));
  return isBareFlow(value) ? { kind: 'flow', flow: value, envelope: bare } : undefined;
}

const members: ReadonlySet<string> = new Set(
  (protoMessages.get('Flow') ?? []).flatMap(({ name }) => [name, camelCase(name)]),
);

const envelopeMembers: ReadonlySet<string> = new Set(['flow', 'node_name', 'nodeName', 'time']);

/** Other programs have a `flow`, too, such as Suricata: with members that are none of Hubble's, as are those beside it. */
function mayBeFlow(flow: Json, envelope: Json): boolean {
  return (
    Object.keys(flow).some((name) => members.has(name)) ||
    Object.keys(envelope).every((name) => envelopeMembers.has(name)) ||
    Object.keys(flow).length === 0
  );
}

const otherKinds: readonly (readonly [EventKind, string])[] = [
  ['node_status', 'nodeStatus'],
  ['agent_event', 'agentEvent'],
  ['debug_event', 'debugEvent'],
];

function eventRecord(kind: EventKind, record: Json, lost: LostEvents | undefined): EventRecord {
  const node = textOf(record['node_name'] ?? record['nodeName']);
  return { kind, node, time: parseTimestamp(record['time']), lost };
}

function lostEvents(lost: Json): LostEvents {
  return {
    source: textOf(lost['source']) || 'UNKNOWN',
    events: countOf(lost['num_events_lost'] ?? lost['numEventsLost']),
    first: parseTimestamp(lost['first']),
    last: parseTimestamp(lost['last']),
  };
}

function isBareLostEvent(value: Json): boolean {
  return ('num_events_lost' in value || 'numEventsLost' in value) && !isObject(value['source']);
}

const objectFields = ['IP', 'l4', 'l7', 'source', 'destination', 'event_type', 'eventType', 'ethernet'];
const scalarFields = ['uuid', 'time', 'Type', 'node_name', 'nodeName', 'Summary', 'traffic_direction'];

/**
 * A bare flow has no wrapper to know it by. Other programs' logs share single words with it, so it
 * takes a verdict beside another field of a flow, or the two ends together with what lies between.
 */
function isBareFlow(value: Json): boolean {
  const objects = objectFields.filter((field) => isObject(value[field])).length;
  const verdict = value['verdict'];
  if (typeof verdict === 'string' || typeof verdict === 'number') {
    return objects > 0 || scalarFields.some((field) => field in value) || Object.keys(value).length === 1;
  }
  return objects >= 3 && (isObject(value['source']) || isObject(value['destination']));
}
