// A thousand dashboards on the map while flows come as fast as they are stored, beside plain socket.io that broadcasts
// the same messages: `npm run bench:live [-- --clients N] [--processes N] …`. What is printed, README.md explains.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import Database from 'better-sqlite3';
import { digestOf, now } from './lib/live-maps.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuBetween, generate, runPart, startServer, startTalking } from './lib/process.mjs';
import { count, megabytes, printMachine, printTable, quantile, times } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const options = readOptions({ clients: 1_000, processes: 4, flows: 200_000, level: 'workload' });
/** Of the database, in milliseconds: commits are known to within this. */
const LOOK_EVERY = 5;

/** Bytes below which the CPU of sending them cannot be told from that of anything else. */
const ENOUGH = 100e6;

async function measure(folder) {
  printMachine();
  progress('writing the capture');
  const file = join(folder, 'flows.jsonl');
  await generate(file, options.flows);
  progress(`storing with ${options.clients} clients`);
  const many = await withServer(folder, (server) => watched(file, server, options));
  progress('storing with one client, beside plain socket.io');
  const [one, plain] = await withServer(folder, (server) => besidePlain(file, server, many));
  progress('');
  print(one, many, plain);
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

async function subscribers({ url }, { clients, processes }, flags) {
  const { level } = options;
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

/** The CPU that counts ends when every client has caught up. */
async function watched(file, server, crowd, lasts) {
  const watching = await subscribers(server, crowd);
  const before = server.cpu();
  const commits = watchCommits(server.data);
  const { flows, seconds } = await runPart('upload', { file, url: server.url, lasts });
  const map = await mapOf(server);
  const told = await watching.ask({ seq: map.seq, commits: commits.stop() });
  const cpu = cpuBetween(before, server.cpu());
  watching.stop();
  const exact = told.reduce((all, { digests }) => all + (digests[digestOf(map)] ?? 0), 0);
  if (exact !== crowd.clients) throw new Error(`${crowd.clients - exact} clients hold another map than REST`);
  const bytes = sum(told, 'bytes');
  const average = bytes / crowd.clients;
  const off = ({ texts }) => Math.abs(texts.reduce((all, { text }) => all + text.length, 0) - average);
  const [{ texts }] = [...told].sort((a, b) => off(a) - off(b));
  const latencies = told.flatMap((part) => part.latencies).sort((a, b) => a - b);
  const received = sum(told, 'received');
  return { flows, seconds, cpu, peak: server.peakMemory(), map, exact, bytes, received, latencies, texts };
}

const sum = (parts, name) => parts.reduce((all, part) => all + part[name], 0);

/**
 * One client alone, and at the same time what a client was told before, told to as many by plain socket.io: so that
 * storing has to share the machine with as many who read as before. It lasts as long as before, too: else plain
 * socket.io would have the machine to itself once the flows are stored, which is sooner as it tells less.
 */
async function besidePlain(file, server, { texts, seconds }) {
  const plain = startTalking('broadcast', {});
  const { url } = await plain.ready;
  const reading = await subscribers({ url }, options, { plain: true });
  const one = watched(file, server, { clients: 1, processes: 1 }, seconds);
  const before = plain.cpu();
  const read = reading.ask({ messages: texts.length });
  const { peak } = await plain.ask(texts);
  const [alone, told] = await Promise.all([one, read]);
  const cpu = cpuBetween(before, plain.cpu());
  reading.stop();
  plain.stop();
  return [alone, { cpu, peak, bytes: sum(told, 'bytes'), received: sum(told, 'received') }];
}

function print(one, many, plain) {
  const { clients, processes, level } = options;
  const { map, exact, latencies } = many;
  console.log(
    `${count(clients)} clients in ${processes} processes, view edges, level ${level}: ${count(map.nodes.length)} nodes, ${count(map.edges.length)} edges`,
  );
  console.log(`${count(exact)} of ${count(clients)} hold exactly the map of GET /api/v1/map at ${map.seq}\n`);
  const row = (name, { flows, seconds, cpu, peak, received, bytes }) => [
    name,
    seconds && count(flows / seconds),
    cpu.all.toFixed(1),
    cpu.loop.toFixed(2),
    megabytes(peak),
    count(received),
    megabytes(bytes),
  ];
  printTable(
    ['', 'flows/s stored', 'CPU s', 'of the event loop', 'peak memory', 'events received', 'of bytes'],
    [
      row('flowatlas, one client, beside the next', one),
      row(`flowatlas, ${count(clients)} clients`, many),
      row(`plain socket.io, ${count(clients)} clients`, plain),
    ],
  );
  const [p50, p99] = [0.5, 0.99].map((share) => count(quantile(latencies, share)));
  const alone = one.latencies;
  printTable(
    ['', 'p50', 'p99'],
    [
      ['commit to client, ms', p50, p99],
      ['with one client', count(quantile(alone, 0.5)), count(quantile(alone, 0.99))],
    ],
  );
  const more = many.cpu.loop - one.cpu.loop;
  const share = more / (many.bytes - one.bytes) / (plain.cpu.loop / plain.bytes);
  const told = plain.bytes < ENOUGH ? 'too little was sent to tell' : times(share);
  console.log(`event loop for each byte to the other clients / plain socket.io: ${told}`);
}

await main(() => withWorkspace(measure));
