// A thousand dashboards on the map while flows come as fast as they are stored, beside plain socket.io that broadcasts
// the same messages: `npm run bench:live [-- --clients N] [--processes N] …`. What is printed, README.md explains.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { connect } from '../dist/store/sqlite/connect.js';
import { digestOf, now } from './lib/live-maps.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuBetween, generate, runPart, startServer, startTalking } from './lib/process.mjs';
import { count, megabytes, printMachine, printTable, quantile, times } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const options = readOptions({
  clients: 1_000,
  processes: 4,
  flows: 60_000,
  level: 'namespace',
  rounds: 2,
  uncompressed: false,
});
/** Of the database, in milliseconds: commits are known to within this. */
const LOOK_EVERY = 5;

/** Bytes below which the CPU of sending them cannot be told from that of anything else. */
const ENOUGH = 100e6;

async function measure(folder) {
  printMachine();
  progress('writing the capture');
  const file = join(folder, 'flows.jsonl');
  await generate(file, options.flows);
  for (let round = 1; round <= options.rounds; round++) {
    progress(`round ${round}: storing with ${options.clients} clients`);
    const many = await withServer(folder, (server) => watched(file, server, options));
    progress(`round ${round}: storing beside plain socket.io`);
    const [none, plain] = await withServer(folder, (server) => besidePlain(file, server, many));
    progress('');
    print(round, none, many, plain);
  }
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

const mapOf = async ({ url }) => (await fetch(`${url}/api/v1/map?level=${options.level}`)).json();

/** When which flow was on disk, as another process sees it. */
function watchCommits(data) {
  const db = connect(join(data, 'flowatlas.db'), { readonly: true });
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

async function subscribers({ url }, { clients, processes, paused }) {
  const { level, uncompressed } = options;
  const parts = Array.from({ length: processes }, (_, i) => {
    const share = Math.floor(clients / processes) + (i < clients % processes ? 1 : 0);
    return startTalking('subscribers', {
      url,
      clients: share,
      level,
      paused,
      uncompressed: uncompressed || undefined,
    });
  });
  await Promise.all(parts.map(({ ready }) => ready));
  return {
    /** When all are there, of all together; throws where one holds another map. */
    toldOf: async (map, commits) => {
      const told = await Promise.all(parts.map(({ ask }) => ask({ seq: map.seq, commits })));
      const exact = told.reduce((all, { digests }) => all + (digests[digestOf(map)] ?? 0), 0);
      if (exact !== clients) throw new Error(`${clients - exact} clients hold another map than REST`);
      return together(told, clients);
    },
    stop: () => parts.forEach(({ stop }) => stop()),
  };
}

function together(told, clients) {
  const bytes = sum(told, 'bytes');
  const average = bytes / clients;
  const off = ({ texts }) => Math.abs(texts.reduce((all, { text }) => all + text.length, 0) - average);
  const [typical] = told.filter(({ texts }) => isWhole(texts)).sort((a, b) => off(a) - off(b));
  if (typical === undefined)
    throw new Error('every client that kept its events lost its connection meanwhile');
  const latencies = told.flatMap((part) => part.latencies).sort((a, b) => a - b);
  return { bytes, received: sum(told, 'received'), latencies, texts: typical.texts };
}

/** Each event goes on where the one before ended: who was cut off meanwhile was told the rest in an answer. */
function isWhole(texts) {
  const events = texts.map(({ text }) => JSON.parse(text));
  return events.every(({ prev }, i) => i === 0 || prev === events[i - 1].seq);
}

const sum = (parts, name) => parts.reduce((all, part) => all + part[name], 0);

/** The CPU that counts ends when every client has caught up. */
async function watched(file, server) {
  const watching = await subscribers(server, options);
  const before = server.cpu();
  const commits = watchCommits(server.data);
  const { flows, seconds } = await runPart('upload', { file, url: server.url });
  const map = await mapOf(server);
  const told = await watching.toldOf(map, commits.stop());
  const cpu = cpuBetween(before, server.cpu());
  watching.stop();
  return { ...told, flows, seconds, cpu, peak: server.peakMemory(), map };
}

/** One listens who wants to be told nothing, so that flows are stored and the map is followed, and that is all. */
async function untold(file, server, lasts) {
  const listening = await subscribers(server, { clients: 1, processes: 1, paused: true });
  const before = server.cpu();
  const { flows, seconds } = await runPart('upload', { file, url: server.url, lasts });
  await mapOf(server);
  const cpu = cpuBetween(before, server.cpu());
  listening.stop();
  return { flows, seconds, cpu, peak: server.peakMemory() };
}

/**
 * What a client was told before, told to as many by plain socket.io, while the same flows are stored: so that both have
 * to share the machine with as many who read. Storing lasts as long as before, too: else plain socket.io would have
 * the machine to itself once the flows are stored, which is sooner where nobody is told.
 */
async function besidePlain(file, server, { texts, seconds, map }) {
  const plain = startTalking('broadcast', {});
  await plain.ready;
  const reading = await subscribers(await plain.ask(texts), options);
  const storing = untold(file, server, seconds);
  const before = plain.cpu();
  const read = reading.toldOf(map, []);
  const { peak } = await plain.ask('begin');
  const told = await read;
  const cpu = cpuBetween(before, plain.cpu());
  reading.stop();
  plain.stop();
  return [await storing, { ...told, cpu, peak }];
}

function print(round, none, many, plain) {
  const { clients, processes, level } = options;
  const { map, latencies } = many;
  console.log(
    `round ${round}: ${count(clients)} clients in ${processes} processes, view edges, level ${level}: ${count(map.nodes.length)} nodes, ${count(map.edges.length)} edges`,
  );
  console.log(`all ${count(clients)} hold exactly the map of GET /api/v1/map at ${map.seq}\n`);
  const row = (name, { flows, seconds, cpu, peak, received, bytes }) => [
    name,
    seconds && count(flows / seconds),
    cpu.all.toFixed(1),
    cpu.loop.toFixed(2),
    megabytes(peak),
    received && count(received),
    bytes && megabytes(bytes),
  ];
  printTable(
    ['', 'flows/s stored', 'CPU s', 'of the event loop', 'peak memory', 'events received', 'of bytes'],
    [
      row('flowatlas, nobody told, beside the last', none),
      row(`flowatlas, ${count(clients)} clients`, many),
      row(`plain socket.io, ${count(clients)} clients`, plain),
    ],
  );
  const [p50, p99] = [0.5, 0.99].map((share) => count(quantile(latencies, share)));
  console.log(`commit to client, ms: p50 ${p50}, p99 ${p99}`);
  const share = (many.cpu.loop - none.cpu.loop) / many.bytes / (plain.cpu.loop / plain.bytes);
  const told = plain.bytes < ENOUGH ? 'too little was sent to tell' : times(share);
  console.log(`event loop for each byte told / plain socket.io: ${told}\n`);
}

await main(() => withWorkspace(measure));
