import { dropReasonByNumber, dropReasons } from '../../domain/flow/drop-reason.js';
import { observationPoints } from '../../domain/flow/enums.js';
import { EventType } from '../../domain/flow/flow.js';
import { Forgetful } from '../../domain/flow/forgetful.js';
import type { Json } from '../../domain/flow/json.js';
import {
  capturePoints,
  FIRST_CAPTURE,
  policyMatches,
  socketPoints,
} from '../../domain/flow/printed-names.js';

/** What the TYPE column says, as the fields that Hubble's printer makes it of. */
export interface FlowType {
  fields: Json;
  l7: { kind: string; type: string; observationSource: string } | undefined;
}

/** Few, and the same over and over. */
const known = new Forgetful<FlowType | null>(1 << 18);

/** Undefined for a type that no version of Hubble is known to print. */
export function readFlowType(text: string, verdict: string): FlowType | undefined {
  const key = `${verdict} ${text}`;
  const type = known.get(key);
  if (type !== undefined) return type ?? undefined;
  return known.add(key, findType(text, verdict) ?? null, key.length) ?? undefined;
}

function findType(text: string, verdict: string): FlowType | undefined {
  if (text === 'UNKNOWN') return { fields: {}, l7: undefined };
  const l7 = L7_TYPE.exec(text);
  if (l7 !== null) return l7Type(l7);
  const fields =
    traceType(text) ??
    numberedPoint(text, verdict) ??
    verdictType(text) ??
    socketType(text) ??
    captureType(text);
  return fields === undefined ? dropType(text, verdict) : { fields, l7: undefined };
}

const L7_TYPE = /^(http|dns|kafka|l7)-(request|response|sample|unknown_l7_type)(?: (\S+))?$/;

function l7Type([, kind = '', type = '', source = '']: RegExpExecArray): FlowType {
  return {
    fields: { Type: 'L7', event_type: { type: EventType.l7 } },
    l7: { kind, type: type === 'unknown_l7_type' ? '' : type.toUpperCase(), observationSource: source },
  };
}

function traceType(text: string): Json | undefined {
  if (!/^(?:to|from)-[a-z]+$/.test(text)) return undefined;
  const point = text.toUpperCase().replace('-', '_');
  // A point that this version does not know has a sub-type that it does not know either.
  const subType = Math.max(0, observationPoints.indexOf(point));
  return {
    Type: 'L3_L4',
    event_type: eventType(EventType.trace, subType),
    trace_observation_point: point,
  };
}

/** A point of a newer Cilium: only drops have reasons, and traces are of what is forwarded. */
function numberedPoint(text: string, verdict: string): Json | undefined {
  const number = /^\d{1,3}$/.test(text) && verdict === 'FORWARDED' ? Number(text) : 0;
  if (number === 0) return undefined;
  const point = observationPoints[number];
  return {
    Type: 'L3_L4',
    event_type: eventType(EventType.trace, number),
    ...(point === undefined ? {} : { trace_observation_point: point }),
  };
}

/** Before Hubble 0.8 the match alone; the direction came with 0.11. */
const VERDICT_TYPE = new RegExp(
  `^(?:policy-verdict:)?(${policyMatches.join('|')}|unknown|\\d+)(?: (INGRESS|EGRESS|TRAFFIC_DIRECTION_UNKNOWN))?$`,
);
/**
 * Why it was denied is not said, not even by `none`: the field mask that newer versions print with
 * takes the match and the direction away. The drop of the same packet tells.
 */
function verdictType(text: string): Json | undefined {
  const [, match, direction = ''] = VERDICT_TYPE.exec(text) ?? [];
  const isOld = !text.startsWith('policy-verdict:');
  if (match === undefined || (isOld && !policyMatches.includes(match))) return undefined;
  // `unknown` is printed for a number that the printer did not know, and does not say which.
  const matchType = /^\d+$/.test(match) ? Number(match) : Math.max(0, policyMatches.indexOf(match));
  return {
    Type: 'L3_L4',
    event_type: eventType(EventType.policyVerdict),
    ...(matchType === 0 ? {} : { policy_match_type: matchType }),
    ...(direction === 'INGRESS' || direction === 'EGRESS' ? { traffic_direction: direction } : {}),
  };
}

function socketType(text: string): Json | undefined {
  const point = socketPoints.findIndex(([, printed]) => printed === text);
  if (point < 0 && !text.startsWith('SOCK_XLATE_POINT_')) return undefined;
  return {
    Type: 'SOCK',
    event_type: eventType(EventType.traceSock, point + 1),
    ...(point < 0 ? {} : { sock_xlate_point: socketPoints[point]?.[0] }),
  };
}

function captureType(text: string): Json | undefined {
  if (!text.startsWith('DBG_CAPTURE_')) return undefined;
  const index = capturePoints.indexOf(text);
  return {
    Type: 'L3_L4',
    event_type: eventType(EventType.capture, index < 0 ? 0 : index + FIRST_CAPTURE),
    ...(index < 0 ? {} : { debug_capture_point: text }),
  };
}

const POLICY_DENIED = 133;

const reasonsByText: ReadonlyMap<string, number> = new Map([
  ...dropReasons
    .filter(({ number }) => number > 0)
    .map(({ text, number }) => [text.toLowerCase(), number] as const),
  // Texts of earlier versions whose numbers mean the same, or were given to another reason later.
  ['policy denied (l3)', POLICY_DENIED],
  ['policy denied (l4)', POLICY_DENIED],
  ['policy denied (cidr)', POLICY_DENIED],
  ['ct: missing tcp ack flag', 136],
  ["ct: can't create entry from packet", 138],
  ['not a local target address', 151],
  ['failed to insert into proxymap', 161],
]);

function dropType(text: string, verdict: string): FlowType | undefined {
  const number = reasonsByText.get(text.toLowerCase()) ?? unnamedReason(text);
  if (number === 0 && verdict !== 'DROPPED') return undefined;
  const fields = {
    Type: 'L3_L4',
    event_type: eventType(EventType.drop, number),
    ...(number === 0 ? {} : dropReason(number)),
  };
  return { fields, l7: undefined };
}

/** A reason that the printer did not know: its number, since Cilium 1.10 with an error code of 0. */
function unnamedReason(text: string): number {
  return Number(/^(\d{1,3})(?:, 0)?$/.exec(text)?.[1] ?? 0);
}

function dropReason(number: number): Json {
  const name = dropReasonByNumber(number)?.name;
  return { drop_reason: number, ...(name === undefined ? {} : { drop_reason_desc: name }) };
}

/** JSON leaves a sub-type of 0 out. */
function eventType(type: number, subType = 0): Json {
  return subType === 0 ? { type } : { type, sub_type: subType };
}
