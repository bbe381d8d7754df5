import { dropReasonByNumber } from './drop-reason.js';
import {
  authTypeName,
  directionName,
  ipVersionName,
  observationPointName,
  traceReasonName,
  typeName,
  verdictName,
} from './enums.js';
import type { Traits } from './flow.js';
import { Forgetful } from './forgetful.js';
import { charactersOf, isObject, numberOf, objectOf, type Json } from './json.js';

const protocols = ['TCP', 'UDP', 'ICMPv4', 'ICMPv6', 'SCTP', 'VRRP', 'IGMP'];
/** In the order in which Hubble prints them. */
const flags = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'NS'];

/** The key of `l4` that names the protocol, one that this version does not know included. */
export function readProtocol(l4: Json): string {
  for (const protocol of protocols) if (protocol in l4) return protocol;
  for (const other in l4) if (isObject(l4[other])) return other;
  return '';
}

/** Some thousands; there are a few hundred. */
const MOST_CHARACTERS = 4 << 20;

/** Reads what few flows differ in, and hands out the same object for equal traits. */
export class TraitsReader {
  readonly #byKind = new Forgetful<Traits>(MOST_CHARACTERS);

  read(flow: Json, protocol: string, ip: Json, ports: Json): Traits {
    const eventType = objectOf(flow['event_type'] ?? flow['eventType']);
    const traits: Traits = {
      verdict: verdictName(flow['verdict']),
      dropReason: readDropReason(flow),
      type: typeName(flow['Type'] ?? flow['type']),
      eventType: numberOf(eventType['type']),
      subType: numberOf(eventType['sub_type'] ?? eventType['subType']),
      direction: directionName(flow['traffic_direction'] ?? flow['trafficDirection']),
      isReply: readIsReply(flow),
      observationPoint: observationPointName(
        flow['trace_observation_point'] ?? flow['traceObservationPoint'],
      ),
      traceReason: traceReasonName(flow['trace_reason'] ?? flow['traceReason']),
      protocol,
      tcpFlags: readFlags(ports['flags']),
      icmpType: protocol === 'ICMPv4' || protocol === 'ICMPv6' ? numberOf(ports['type']) : -1,
      ipVersion: ipVersionName(ip['ipVersion']),
      encrypted: ip['encrypted'] === true,
      authType: authTypeName(flow['auth_type'] ?? flow['authType']),
      policyMatchType: numberOf(flow['policy_match_type'] ?? flow['policyMatchType']),
    };
    return this.#shared(traits);
  }

  /** Found by comparison: making a key of all twenty fields costs more. */
  #shared(traits: Traits): Traits {
    const { verdict, eventType, subType, tcpFlags, observationPoint } = traits;
    const kind = `${verdict} ${eventType} ${subType} ${tcpFlags} ${observationPoint}`;
    return (
      this.#byKind.find(kind, (known) => isSame(known, traits)) ??
      this.#byKind.add(kind, traits, charactersOf(traits))
    );
  }
}

/** The fields that differ most often come first. */
function isSame(a: Traits, b: Traits): boolean {
  return (
    a.eventType === b.eventType &&
    a.subType === b.subType &&
    a.isReply === b.isReply &&
    a.tcpFlags === b.tcpFlags &&
    a.protocol === b.protocol &&
    a.verdict === b.verdict &&
    a.traceReason === b.traceReason &&
    a.direction === b.direction &&
    a.observationPoint === b.observationPoint &&
    a.dropReason === b.dropReason &&
    a.type === b.type &&
    a.icmpType === b.icmpType &&
    a.ipVersion === b.ipVersion &&
    a.encrypted === b.encrypted &&
    a.authType === b.authType &&
    a.policyMatchType === b.policyMatchType
  );
}

/** The name, else the name of the deprecated number (Cilium before 1.9 wrote only that). */
function readDropReason(flow: Json): string {
  const described = flow['drop_reason_desc'] ?? flow['dropReasonDesc'];
  if (typeof described === 'string') return described === 'DROP_REASON_UNKNOWN' ? '' : described;
  const number = numberOf(described ?? flow['drop_reason'] ?? flow['dropReason']);
  return number === 0 ? '' : (dropReasonByNumber(number)?.name ?? String(number));
}

/** `reply` was deprecated in 1.10 and is only ever written when true. */
function readIsReply(flow: Json): boolean | undefined {
  const isReply = flow['is_reply'] ?? flow['isReply'];
  if (typeof isReply === 'boolean') return isReply;
  return flow['reply'] === true ? true : undefined;
}

function readFlags(value: unknown): string {
  if (!isObject(value)) return '';
  let names = '';
  for (const flag of flags) if (value[flag] === true) names += names === '' ? flag : `,${flag}`;
  return names;
}
