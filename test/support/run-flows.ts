import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { repository, temporaryFolder } from './run-server.js';

export const shopFile = join(repository, 'samples/shop/flows.jsonl');
export const shop = readFileSync(shopFile);
/** How many flows the sample holds, beside its other records. */
export const shopFlows = shop.toString().match(/^\{"flow"/gm)?.length ?? 0;

interface HubbleFlow {
  uuid: string;
  [field: string]: unknown;
}
export interface Envelope {
  flow: HubbleFlow;
  node_name: string;
  time: string;
}

/** The same for the same texts, in the form of a uuid. */
export function uuidOf(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha1').update(parts.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function timeOf(second: number, nanoseconds = 0): string {
  const whole = new Date(Date.UTC(2026, 6, 1) + second * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`;
}

/** One connection of `from` to `to`, two workloads; further fields of the flow win. */
export function makeFlow(
  seed: string,
  number: number,
  {
    from = 'shop/web',
    to = 'shop/cart',
    ...fields
  }: Record<string, unknown> & { from?: string; to?: string } = {},
): Envelope {
  const time = timeOf(number % 80_000, number % 1_000_000_000);
  const node = `worker-${number % 3}`;
  const flow: HubbleFlow = {
    time,
    uuid: uuidOf(seed, number),
    verdict: 'FORWARDED',
    IP: { source: `10.0.1.${number % 250}`, destination: '10.0.2.7', ipVersion: 'IPv4' },
    l4: { TCP: { source_port: 32_768 + (number % 28_000), destination_port: 8080, flags: { SYN: true } } },
    source: endpoint(from, 1000),
    destination: endpoint(to, 2000),
    Type: 'L3_L4',
    node_name: node,
    event_type: { type: 4, sub_type: 3 },
    traffic_direction: 'INGRESS',
    trace_observation_point: 'TO_ENDPOINT',
    trace_reason: 'NEW',
    is_reply: false,
    Summary: 'TCP Flags: SYN',
    ...fields,
  };
  return { flow, node_name: node, time };
}

function endpoint(path: string, identity: number): object {
  const [namespace = '', name = ''] = path.split('/');
  return {
    ID: 7,
    identity,
    cluster_name: 'e2e',
    namespace,
    labels: [`k8s:app=${name}`, `k8s:io.kubernetes.pod.namespace=${namespace}`],
    pod_name: `${name}-6d4b75cb6d-hx2kz`,
    workloads: [{ name, kind: 'Deployment' }],
  };
}

export function lines(records: Iterable<unknown>): string {
  let text = '';
  for (const record of records) text += `${JSON.stringify(record)}\n`;
  return text;
}

export function flowLines(
  seed: string,
  count: number,
  from = 0,
  fields: Parameters<typeof makeFlow>[2] = {},
): string {
  return lines(Array.from({ length: count }, (_, i) => makeFlow(seed, from + i, fields)));
}

/** At least `bytes` of different flows, made while they are read, from a few dozen templates. */
export function endlessFlows(seed: string, bytes: number): Readable {
  const CHUNK = 256 << 10;
  const templates = Array.from({ length: 64 }, (_, i) => {
    const record = makeFlow(seed, i, { from: `ns${i % 7}/client${i % 16}`, to: `ns${i % 5}/server${i % 9}` });
    return JSON.stringify(record).replace(record.flow.uuid, '\u0000').split('\u0000');
  });
  const prefix = uuidOf(seed).slice(0, 23);
  let sent = 0;
  let number = 0;
  return new Readable({
    highWaterMark: CHUNK,
    read() {
      if (sent >= bytes) {
        this.push(null);
        return;
      }
      let text = '';
      while (text.length < CHUNK) {
        const [head = '', tail = ''] = templates[number % templates.length] ?? [];
        text += `${head}${prefix}-${(number++).toString(16).padStart(12, '0')}${tail}\n`;
      }
      sent += text.length;
      this.push(Buffer.from(text, 'latin1'));
    },
  });
}

/** Traffic of a large cluster, from the generator of the benchmarks. */
export function generatedTraffic(count: number, seed = 1): Buffer {
  const file = join(temporaryFolder(), 'traffic.jsonl');
  const args = ['bench/generate.mjs', String(count), file, '--seed', String(seed)];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bench/generate.mjs: ${stderr}`);
  return readFileSync(file);
}

/** The uuids of flows in NDJSON. */
export function uuidsIn(records: readonly string[]): string[] {
  return records.map((line) => {
    const record = JSON.parse(line) as { flow?: { uuid?: string }; uuid?: string };
    return record.flow?.uuid ?? record.uuid ?? '';
  });
}

/** Captures that are shared beside the repository; undefined where they are absent. */
export function sharedFlows(): string | undefined {
  const folder = join(repository, '../shared/flows');
  return existsSync(join(folder, 'expected.json')) ? folder : undefined;
}
