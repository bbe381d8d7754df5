// A thousand dashboards on the map while flows come as fast as they are stored, beside plain socket.io that broadcasts
// the same messages: `npm run bench:live [-- --clients N] [--processes N] …`. What is printed, README.md explains.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import Database from 'better-sqlite3';
import { digestOf, now } from './lib/live-maps.mjs';
import { readOptions } from './lib/options.mjs';
import { generate, runPart, startServer, startTalking } from './lib/process.mjs';
import { count, megabytes, printMachine, printTable, quantile, times } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const options = readOptions({ clients: 1_000, processes: 4, flows: 200_000, level: 'workload' });
/** Of the database, in milliseconds: commits are known to within this. */
const LOOK_EVERY = 5;

async function measure(folder) {
  printMachine();
  progress('writing the capture');
  const file = join(folder, 'flows.jsonl');
  await generate(file, options.flows);
  progress('storing without clients');
  const alone = await withServer(folder, (server) => stored(file, server));
  progress(`storing with ${options.clients} clients`);
  const live = await withServer(folder, (server) => watched(file, server));
  progress('plain socket.io');
  const plain = await broadcast(live.texts);
  progress('');
  print(alone, live, plain);
}

async function withServer(folder, use) {
  const data = await mkdtemp(join(folder, 'data-'));
  const server = await startServer(data);
  try {
    return await use({ ...server, data });
  } finally {
    await server.stop();
  }
}

async function metric({ url }, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)[1]);
}
const cpuOf = (server) => metric(server, 'process_cpu_seconds_total');
const mapOf = async ({ url }) => (await fetch(`${url}/api/v1/map?level=${options.level}`)).json();

/** `follow` waits for those who watch; the CPU that counts ends then. */
async function stored(file, server, follow = mapOf) {
  const before = await cpuOf(server);
  const commits = watchCommits(server.data);
  const { flows, seconds } = await runPart('upload', { file, url: server.url });
  const followed = await follow(server, commits.stop());
  const cpu = (await cpuOf(server)) - before;
  return { ...followed, flows, seconds, cpu, peak: server.peakMemory() };
}

/** When which flow was on disk, as another process sees it. */
function watchCommits(data) {
  const db = new Database(join(data, 'flowatlas.db'), { readonly: true });
  const newest = db.prepare('SELECT max(first_seq + flows - 1) FROM segment').pluck();
  const commits = [];
  const look = () => {
    const seq = newest.get() ?? 0;
    if (seq > (commits.at(-1)?.[1] ?? 0)) commits.push([now(), seq]);
  };
  const timer = setInterval(look, LOOK_EVERY);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      db.close();
      return commits;
    },
  };
}

async function subscribers({ url }, flags) {
  const { clients, processes, level } = options;
  const parts = Array.from({ length: processes }, (_, i) => {
    const share = Math.floor(clients / processes) + (i < clients % processes ? 1 : 0);
    return startTalking('subscribers', { url, clients: share, level, ...flags });
  });
  await Promise.all(parts.map(({ ready }) => ready));
  return {
    ask: (question) => Promise.all(parts.map(({ ask }) => ask(question))),
    stop: () => parts.forEach(({ stop }) => stop()),
  };
}

async function watched(file, server) {
  const watching = await subscribers(server);
  const idle = await metric(server, 'process_resident_memory_bytes');
  const result = await stored(file, server, async (at, commits) => {
    const map = await mapOf(at);
    const told = await watching.ask({ seq: map.seq, commits });
    return { map, told };
  });
  watching.stop();
  const { map, told } = result;
  const exact = told.reduce((sum, { digests }) => sum + (digests[digestOf(map)] ?? 0), 0);
  if (exact !== options.clients)
    throw new Error(`${options.clients - exact} clients hold another map than REST`);
  const bytes = sum(told, 'bytes');
  const average = bytes / options.clients;
  const off = ({ texts }) => Math.abs(texts.reduce((all, { text }) => all + text.length, 0) - average);
  const [{ texts }] = [...told].sort((a, b) => off(a) - off(b));
  const latencies = told.flatMap((part) => part.latencies).sort((a, b) => a - b);
  return { ...result, idle, exact, bytes, received: sum(told, 'received'), latencies, texts };
}

const sum = (parts, name) => parts.reduce((all, part) => all + part[name], 0);

/** What one client was told, told to as many. */
async function broadcast(texts) {
  const server = startTalking('broadcast', {});
  const { url } = await server.ready;
  const reading = await subscribers({ url }, { plain: true });
  const read = reading.ask({ messages: texts.length });
  await server.ask(texts);
  const told = await read;
  const { cpu, peak } = await server.ask('cpu');
  reading.stop();
  server.stop();
  return { cpu, peak, bytes: sum(told, 'bytes'), received: sum(told, 'received') };
}

function print(alone, live, plain) {
  const { clients, processes, level } = options;
  const { map, exact, latencies, flows } = live;
  console.log(
    `${count(clients)} clients in ${processes} processes, view edges, level ${level}: ${count(map.nodes.length)} nodes, ${count(map.edges.length)} edges`,
  );
  console.log(`${count(exact)} of ${count(clients)} hold exactly the map of GET /api/v1/map at ${map.seq}\n`);
  const row = (name, { seconds, cpu, peak, received, bytes }) => [
    name,
    seconds && count(flows / seconds),
    cpu.toFixed(1),
    megabytes(peak),
    received && count(received),
    bytes && megabytes(bytes),
  ];
  printTable(
    ['', 'flows/s stored', 'CPU s', 'peak memory', 'events received', 'bytes of events'],
    [
      row('flowatlas, nobody watches', alone),
      row(`flowatlas, ${count(clients)} clients`, live),
      row(`plain socket.io, ${count(clients)} clients`, plain),
    ],
  );
  const pushing = (live.cpu - alone.cpu) / live.bytes;
  printTable(
    ['', ''],
    [
      ...[0.5, 0.99].map((share) => [
        `commit to client, ms, p${share * 100}`,
        count(quantile(latencies, share)),
      ]),
      ['server memory with all subscribed, before flows', megabytes(live.idle)],
      [
        'CPU of what clients cost / plain socket.io, for the same bytes',
        times(pushing / (plain.cpu / plain.bytes)),
      ],
    ],
  );
}

await main(() => withWorkspace(measure));
