import { crc32 } from 'node:zlib';
import { PAIRED_UNIT } from '../../src/domain/pairing.js';
import { FlowReader } from '../../src/domain/flow/flow-reader.js';
import type { Flow, RecordedFlow } from '../../src/domain/flow/flow.js';
import { recordedFlow } from '../../src/domain/flow/recorded-flow.js';
import { recogniseRecord, type EventRecord, type FlowRecord } from '../../src/domain/flow/record.js';
import { tallyOf, type Tally } from '../../src/domain/service-map/tally.js';
import { FlowScanner } from '../../src/ingest/flow-scanner.js';
import { Namer } from '../../src/ingest/namer.js';
import type { NewFlow } from '../../src/store/flow-writer.js';

type Fields = Record<string, unknown>;

/** An endpoint of Hubble's JSON: `pod('shop/web-0')`, or with its workload `pod('shop/web-0', 'web')`. */
export function pod(path: string, workload?: string, more: Fields = {}): Fields {
  const [namespace, name] = path.split('/');
  return {
    identity: 23_001,
    cluster_name: 'c',
    namespace,
    pod_name: name,
    ...(workload === undefined ? {} : { workloads: [{ name: workload, kind: 'Deployment' }] }),
    ...more,
  };
}

export const world: Fields = { identity: 2, labels: ['reserved:world'] };

/** A flow's JSON: a forwarded first packet from shop/web-0 to pay/api-0:80, but for what is said. */
export function flowJson(fields: Fields = {}): Fields {
  return {
    time: '2026-06-01T10:00:00Z',
    verdict: 'FORWARDED',
    IP: { source: '10.0.1.5', destination: '10.0.2.7', ipVersion: 'IPv4' },
    l4: { TCP: { source_port: 41_822, destination_port: 80, flags: { SYN: true } } },
    source: pod('shop/web-0'),
    destination: pod('pay/api-0'),
    Type: 'L3_L4',
    event_type: { type: 4 },
    is_reply: false,
    ...fields,
  };
}

/** The same in the envelope that Hubble writes today. */
export function record(fields: Fields = {}): Fields {
  const flow = flowJson({ node_name: 'c/n1', ...fields });
  return { flow, node_name: flow['node_name'], time: flow['time'] };
}

const reader = new FlowReader();

export function flowRecordOf(value: unknown): FlowRecord {
  const found = recogniseRecord(value);
  if (found?.kind !== 'flow') throw new Error(`no flow: ${JSON.stringify(value)}`);
  return found;
}

/** What the product reads out of `record(fields)`. */
export function flow(fields: Fields = {}): RecordedFlow {
  const text = JSON.stringify(record(fields));
  return recordedFlow(readFlow(JSON.parse(text)), text);
}

function readFlow(value: unknown): Flow {
  return reader.read(flowRecordOf(value));
}

/** The same out of a record's text. */
export function flowOfText(text: string): RecordedFlow {
  return recordedFlow(newFlow(text).flow, text);
}

/** One flow as a tally of its own. */
export function toTally(of: Flow, seq = 1): Tally {
  return tallyOf(of, seq);
}

export function tally(fields: Fields = {}, seq = 1): Tally {
  return toTally(readFlow(record(fields)), seq);
}

/** What a writer is given for one line of JSON. */
export function newFlow(text: string, by: FlowReader = reader): NewFlow {
  const found = by.read(flowRecordOf(JSON.parse(text)));
  if (found.l7?.type === 'RESPONSE' && found.latency === 0) pair(found, crc32(text));
  return new FlowScanner(by).take(Buffer.from(text), found);
}

/** Of some answers that Hubble did not time a latency is known all the same; here which and what goes by chance. */
function pair(flow: Flow, chance: number): void {
  flow.isPaired = chance % 2 === 0;
  if (flow.isPaired) flow.latency = (1 + (chance % 1_000)) * PAIRED_UNIT;
}

/** What a writer is given for lines that came in this order: with what was learned for their ends. */
export function namedFlows(texts: readonly string[]): NewFlow[] {
  const by = new FlowReader();
  const namer = new Namer();
  return texts.map((text) => {
    const added = newFlow(text, by);
    namer.name(added);
    return added;
  });
}

export function eventOf(value: unknown): EventRecord {
  const found = recogniseRecord(value);
  if (found === undefined || found.kind === 'flow') throw new Error('no event');
  return found;
}

/** The words of a filter from what a URL would say. */
export function words(filter: Record<string, string | string[]>): Map<string, string[]> {
  return new Map(Object.entries(filter).map(([name, value]) => [name, [value].flat()]));
}
