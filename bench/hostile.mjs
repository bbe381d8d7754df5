// What memory and time it takes to store records that are made to take much: endpoints, names and lists of very many
// values, none of which comes twice. `node scripts/build-if-stale.mjs && node bench/hostile.mjs [--records N] [--kind KIND]`
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readOptions } from './lib/options.mjs';
import { runPart } from './lib/process.mjs';
import { count, megabytes, printMachine, printTable } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const options = readOptions({ records: 20_000, kind: '' });

const many = (length, make) => Array.from({ length }, (_, i) => make(i));
/** Another for each. */
const word = (n, i) => (n * 1_000 + i).toString(36);

/** By kind: what is added to endpoint `n`, and what to flow `n`. */
const kinds = {
  labels: { endpoint: (n) => ({ labels: many(900, (i) => `k8s:${word(n, i)}=v`) }) },
  workloads: { endpoint: (n) => ({ workloads: many(900, (i) => ({ name: word(n, i) })) }) },
  members: { endpoint: (n) => Object.fromEntries(many(900, (i) => [`m${word(n, i)}`, i])) },
  brackets: { endpoint: (n) => ({ lists: many(5_000, () => []), n }) },
  names: { flow: (n) => ({ destination_names: many(700, (i) => `a${word(n, i)}.example.com`) }) },
  policies: { flow: (n) => ({ egress_allowed_by: many(500, (i) => ({ name: `p${word(n, i)}` })) }) },
  'node labels': { flow: (n) => ({ node_labels: many(900, (i) => `l${word(n, i)}=v`) }) },
};

const address = (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

function recordOf({ endpoint = () => ({}), flow = () => ({}) }, n) {
  const end = (n) => ({ identity: 1_000 + n, namespace: 'shop', pod_name: `pod-${n}`, ...endpoint(n) });
  const time = new Date(Date.UTC(2026, 5, 1) + n * 10).toISOString();
  const told = {
    time,
    uuid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    verdict: 'FORWARDED',
    IP: { source: address(2 * n), destination: address(2 * n + 1), ipVersion: 'IPv4' },
    l4: { TCP: { source_port: 1234, destination_port: 80, flags: { SYN: true } } },
    source: end(2 * n),
    destination: end(2 * n + 1),
    Type: 'L3_L4',
    node_name: 'n',
    ...flow(n),
    event_type: { type: 4 },
    traffic_direction: 'EGRESS',
    is_reply: false,
  };
  return `${JSON.stringify({ flow: told, node_name: 'n', time })}\n`;
}

async function write(file, kind) {
  function* records() {
    for (let n = 0; n < options.records; n++) yield recordOf(kinds[kind], n);
  }
  await pipeline(records, createWriteStream(file));
}

async function measure(folder) {
  printMachine();
  const rows = [];
  for (const kind of options.kind === '' ? Object.keys(kinds) : [options.kind]) {
    progress(kind);
    const file = join(folder, 'flows.jsonl');
    const data = join(folder, 'data');
    await write(file, kind);
    await mkdir(data);
    const { flows, seconds, peak } = await runPart('import', { file, data });
    const parsed = await runPart('parse', { file });
    const { size } = await stat(file);
    rows.push([kind, count(flows), megabytes(size), megabytes(peak), (seconds / parsed.seconds).toFixed(1)]);
    await rm(data, { recursive: true });
  }
  progress('');
  printTable(['very many', 'flows', 'of', 'peak memory', 'time, of JSON.parse'], rows);
}

await main(() => withWorkspace(measure));
