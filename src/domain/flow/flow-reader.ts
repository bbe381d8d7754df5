import { EndpointReader } from './endpoint-reader.js';
import type { Endpoint, Flow, Policies, Side } from './flow.js';
import { numberOf, objectOf, textOf, type Json } from './json.js';
import { L7Reader, readLatency } from './l7-reader.js';
import type { FlowRecord } from './record.js';
import { parseTimestamp } from './timestamp.js';
import { PoliciesReader } from './policies-reader.js';
import { NodeLabelsReader } from './node-labels-reader.js';
import { readProtocol, TraitsReader } from './traits-reader.js';

/**
 * Reads flows out of parsed JSON, whatever a field mask left of them. Equal parts of different
 * flows are the same object, as long as the reader remembers them.
 */
export class FlowReader {
  readonly #endpoints = new EndpointReader();
  readonly #traits = new TraitsReader();
  readonly #policies = new PoliciesReader();
  readonly #l7 = new L7Reader();
  readonly #nodeLabels = new NodeLabelsReader();

  read(record: FlowRecord): Flow {
    const { flow, envelope } = record;
    const ip = objectOf(flow['IP']);
    const l4 = objectOf(flow['l4']);
    const protocol = readProtocol(l4);
    const ports = objectOf(l4[protocol]);
    return {
      time: parseTimestamp(flow['time']) ?? parseTimestamp(envelope['time']),
      uuid: textOf(flow['uuid']),
      source: this.readEndpoint(flow, 'source', flow['source'], textOf(ip['source'])),
      destination: this.readEndpoint(flow, 'destination', flow['destination'], textOf(ip['destination'])),
      sourcePort: port(ports['source_port'] ?? ports['sourcePort']),
      destinationPort: port(ports['destination_port'] ?? ports['destinationPort']),
      traits: this.#traits.read(flow, protocol, ip, ports),
      policies: this.#policies.read(flow),
      l7: this.#l7.read(flow['l7']),
      latency: readLatency(flow['l7']),
      isPaired: false,
      node: textOf(flow['node_name'] ?? flow['nodeName'] ?? envelope['node_name'] ?? envelope['nodeName']),
      nodeLabels: this.#nodeLabels.read(flow['node_labels'] ?? flow['nodeLabels']),
      weight: weight(flow['aggregate']),
    };
  }

  readPolicies(flow: Json): Policies {
    return this.#policies.read(flow);
  }

  readNodeLabels(value: unknown): readonly string[] {
    return this.#nodeLabels.read(value);
  }

  /** One end, from its own object and from what the flow tells of it elsewhere. */
  readEndpoint(flow: Json, side: Side, raw: unknown, ip: string): Endpoint {
    return side === 'source'
      ? this.#endpoints.read(
          raw,
          ip,
          flow['source_names'] ?? flow['sourceNames'],
          flow['source_service'] ?? flow['sourceService'],
        )
      : this.#endpoints.read(
          raw,
          ip,
          flow['destination_names'] ?? flow['destinationNames'],
          flow['destination_service'] ?? flow['destinationService'],
        );
  }
}

function port(value: unknown): number {
  const number = numberOf(value);
  return number > 0 && number <= 65_535 && Number.isInteger(number) ? number : 0;
}

/** The flows an exporter's aggregate stands for (Cilium 1.19). */
function weight(aggregate: unknown): number {
  if (aggregate === undefined) return 1;
  const counts: Json = objectOf(aggregate);
  const sum =
    numberOf(counts['ingress_flow_count'] ?? counts['ingressFlowCount']) +
    numberOf(counts['egress_flow_count'] ?? counts['egressFlowCount']) +
    numberOf(counts['unknown_direction_flow_count'] ?? counts['unknownDirectionFlowCount']);
  return weightOf(sum);
}

/** Of the sum of an aggregate's counts: each record stands for itself, at least. */
export function weightOf(flows: number): number {
  return Math.min(Math.max(1, Math.trunc(flows)), 0xffff_ffff);
}
