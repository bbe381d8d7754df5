import type { Json } from './json.js';
import type { Sought } from './sought.js';

/**
 * A flow as the rest of the program speaks of it. It is made of parts that repeat from flow to flow
 * (two endpoints, traits, policies, the L7 message) and of what is its own (time, uuid, ports). Readers share
 * equal parts between flows, so a part can be judged once and the judgement kept.
 *
 * Source: Cilium's `api/v1/flow/flow.proto`; https://docs.cilium.io/en/stable/_api/v1/flow/README/
 */
export interface Flow {
  /** Nanoseconds since 1970; undefined where neither the flow nor its envelope says. */
  time: bigint | undefined;
  /** Empty before Cilium 1.14 and where a field mask took it. */
  uuid: string;
  source: Endpoint;
  destination: Endpoint;
  /** 0 where the protocol has no ports or the record does not say. */
  sourcePort: number;
  destinationPort: number;
  traits: Traits;
  policies: Policies;
  l7: L7 | undefined;
  /** How long a request took until this answer, in nanoseconds; 0 where it was not measured. */
  latency: number;
  /** Hubble did not say so: we found the request that it answers (domain/pairing.ts). */
  isPaired: boolean;
  /** The node that observed the flow: `cluster/node`, or the node alone. */
  node: string;
  /** Its labels, `key=value` (Cilium 1.16). */
  nodeLabels: readonly string[];
  /** How many flows the record stands for: more than 1 only for the exporter's `aggregate` records. */
  weight: number;
}

/** A flow beside the record it was read from, for what is seldom asked: getting at it costs more than all the rest. */
export interface RecordedFlow extends Flow {
  /** One JSON object, as it came. */
  record: string;
  /** The flow's object in it. */
  json: Json;
  /** Whether what is sought is in one of its values. */
  says(sought: Sought): boolean;
}

export interface Endpoint {
  /** As Hubble wrote it: `source` or `destination`, unknown fields included. */
  raw: Json;
  ip: string;
  /** Security identity; 0 is unknown. At and above 1 << 24 the number differs from node to node. */
  identity: number;
  cluster: string;
  namespace: string;
  pod: string;
  /** `source:key=value` or `source:key`, as Hubble writes them. */
  labels: readonly string[];
  workloads: readonly Workload[];
  /** DNS names that the observing node knew for the address. */
  names: readonly string[];
  service: string;
  serviceNamespace: string;
  /** What we know of it and Hubble did not say. */
  learned: Learned | undefined;
}

/** Filters of Hubble's and records never see any of it. */
export interface Learned {
  name?: LearnedName;
  /** The end that Hubble told at the same address at about that time, where it did not know this one. */
  pod?: Endpoint;
  /** The Service that was asked for where this end answers, or that another record named at its address. */
  service?: ServiceName;
}

export interface ServiceName {
  name: string;
  namespace: string;
}

/**
 * A name that the same client was given for the address by DNS. `exact`: this name alone, and it held; `shared`: several
 * that held, this is the newest; `stale`: it held no longer.
 */
export interface LearnedName {
  name: string;
  confidence: 'exact' | 'shared' | 'stale';
}

export interface Workload {
  name: string;
  kind: string;
}

/** What few flows differ in: all of it comes from small sets of values. Empty strings stand for "not said". */
export interface Traits {
  verdict: string;
  dropReason: string;
  /** L3_L4, L7, SOCK. */
  type: string;
  /** 1 drop, 3 capture, 4 trace, 5 policy-verdict, 7 trace-sock, 129 L7; 0 where a mask took it. */
  eventType: number;
  subType: number;
  direction: string;
  /** Three states: undefined is "Hubble does not know". */
  isReply: boolean | undefined;
  observationPoint: string;
  traceReason: string;
  /** TCP, UDP, SCTP, ICMPv4, ICMPv6, VRRP, IGMP. */
  protocol: string;
  /** Names of the set TCP flags in Hubble's order, comma-separated. */
  tcpFlags: string;
  /** ICMP type; -1 for other protocols. */
  icmpType: number;
  ipVersion: string;
  encrypted: boolean;
  authType: string;
  policyMatchType: number;
}

/** Policies that Hubble named as the reason of a verdict (Cilium 1.17): `namespace/name (Kind)`. */
export interface Policies {
  allowedBy: readonly string[];
  deniedBy: readonly string[];
}

export interface L7 {
  /** REQUEST, RESPONSE, SAMPLE. */
  type: string;
  kind: 'http' | 'dns' | 'kafka' | 'other';
  http: HttpMessage | undefined;
  dns: DnsMessage | undefined;
}

export interface HttpMessage {
  method: string;
  url: string;
  /** Of the URL, as `urlPath` takes it; undefined where that is no address. */
  readonly path: string | undefined;
  protocol: string;
  /** 0 in requests. */
  status: number;
}

export interface DnsMessage {
  /** As written, usually with the trailing dot. */
  query: string;
  qtypes: string;
  /** 0 is NOERROR, also where it is absent. */
  rcode: number;
}

export type Side = 'source' | 'destination';

/** Hubble's numbers for `event_type.type`. */
export const EventType = {
  drop: 1,
  capture: 3,
  trace: 4,
  policyVerdict: 5,
  traceSock: 7,
  l7: 129,
} as const;
