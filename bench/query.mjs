// How long a dashboard's questions take over REST, beside the same questions to DuckDB on the same flows, and while
// another process uploads at full speed: `npm run bench:query [-- --flows N] …`. What is printed, README.md explains.
import { createWriteStream } from 'node:fs';
import { mkdir, stat, truncate } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { bytesOfLines, readBytes, sizeOfFolder } from './lib/files.mjs';
import { readOptions } from './lib/options.mjs';
import { generate, run, runPart, startPart, startServer } from './lib/process.mjs';
import { count, megabytes, printMachine, printTable, quantile, times } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const options = readOptions({ flows: 5_000_000, days: 8, uploaded: 1_000_000, rounds: 40, seconds: 30 });
const cores = availableParallelism();

async function measure(folder) {
  printMachine();
  const { held, more } = await written(folder);
  const data = join(folder, 'data');
  const database = join(folder, 'flows.duckdb');
  await mkdir(data);
  progress('loading Flowatlas');
  const ours = { ...(await runPart('import', { file: held, data })), bytes: await sizeOfFolder(data) };
  progress('loading DuckDB');
  const theirs = await compared('duckdb', { file: held, data: database, threads: cores }, '--record');
  printLoads(ours, theirs);
  progress('making maps flow by flow');
  const scans = (await runPart('scan', { data })).answers;
  const server = await startServer(data);
  try {
    progress('asking both');
    const { rounds, seconds } = options;
    const { answers } = await compared('ask', { url: server.url, database, rounds, seconds });
    printBoth(answers, server.peakMemory());
    printMaps(answers, scans);
    progress('asking while storing');
    await whileStoring(server, more);
    progress('');
  } finally {
    await server.stop();
  }
}

/** One capture, cut in two: what is held before the first question, and what comes while others are asked. */
async function written(folder) {
  progress('writing the capture');
  const { flows, uploaded, days } = options;
  const [held, more] = [join(folder, 'held.jsonl'), join(folder, 'more.jsonl')];
  await generate(held, flows + uploaded, { rate: flows / (days * 86_400) });
  const middle = await bytesOfLines(held, flows);
  await pipeline(readBytes(held, { start: middle, end: (await stat(held)).size }), createWriteStream(more));
  await truncate(held, middle);
  return { held, more };
}

async function compared(script, parameters, ...flags) {
  const path = fileURLToPath(new URL(`compare/${script}.mjs`, import.meta.url));
  const words = Object.entries(parameters).map(([name, value]) => `--${name}=${value}`);
  return JSON.parse(await run(path, [...words, ...flags]));
}

function printLoads(ours, theirs) {
  progress('');
  console.log(`loading ${count(ours.flows)} flows of ${options.days} days`);
  const row = (name, { seconds, bytes, flows, peak }) => [
    name,
    seconds.toFixed(1),
    count(flows / seconds),
    megabytes(bytes),
    megabytes(peak),
  ];
  printTable(
    ['', 'seconds', 'flows/s', 'on disk', 'peak memory'],
    [row('flowatlas', ours), row(`DuckDB, columns and record, ${cores} threads`, theirs)],
  );
  if (ours.flows !== theirs.flows) throw new Error(`DuckDB holds ${theirs.flows} flows`);
}

function printBoth(answers, peak) {
  progress('');
  console.log(
    `milliseconds to answer, flowatlas | DuckDB, by turns; flowatlas over REST, DuckDB in its process with ${cores} threads`,
  );
  const rows = Object.entries(answers).map(([name, answer]) => {
    const { ours, theirs, differ, found, foundThere } = answer;
    const [own, other] = [ours, theirs].map((list) => list.toSorted((a, b) => a - b));
    const both = (share) => [quantile(own, share), quantile(other, share)].map(shown).join(' | ');
    const equal = found === '' ? (differ === 0 ? 'equal' : `${differ} DIFFER`) : `${found} | ${foundThere}`;
    const ratio = times(quantile(other, 0.5) / quantile(own, 0.5));
    const first = [ours, theirs].map(([first]) => shown(first)).join(' | ');
    return [name, String(ours.length), first, both(0.5), both(0.9), both(0.99), ratio, equal];
  });
  printTable(['', 'asked', 'first', 'p50', 'p90', 'p99', 'flowatlas is faster', 'answers'], rows);
  console.log(`peak memory of the server: ${megabytes(peak) ?? 'not told by this system'}\n`);
  const wrong = Object.values(answers).reduce((sum, { differ }) => sum + differ, 0);
  if (wrong > 0) throw new Error(`${wrong} answers are not what DuckDB says`);
}

function printMaps(answers, scans) {
  console.log('milliseconds to the map of a window over REST, beside making it flow by flow');
  const rows = Object.entries(scans).map(([name, scan]) => {
    const sorted = answers[name].ours.toSorted((a, b) => a - b);
    const p90 = quantile(sorted, 0.9);
    return [name, shown(p90), shown(scan.milliseconds), times(scan.milliseconds / p90)];
  });
  printTable(['', 'p90', 'flow by flow', 'faster'], rows);
  console.log('');
}

async function whileStoring({ url, peakMemory }, file) {
  const reader = startPart('read', { url });
  const upload = await runPart('upload', { url, file });
  reader.stop();
  const { answers } = await reader.result;
  progress('');
  console.log(
    `milliseconds to answer over REST, one question after another, while another process uploads ${count(upload.flows)} flows at ${count(upload.flows / upload.seconds)} flows/s`,
  );
  const rows = Object.entries(answers).map(([name, milliseconds]) => {
    const sorted = milliseconds.toSorted((a, b) => a - b);
    return [name, String(sorted.length), ...[0.5, 0.9, 0.99].map((share) => shown(quantile(sorted, share)))];
  });
  printTable(['', 'asked', 'p50', 'p90', 'p99'], rows);
  console.log(`peak memory of the server: ${megabytes(peakMemory()) ?? 'not told by this system'}`);
}

const shown = (milliseconds) => (milliseconds < 10 ? milliseconds.toFixed(1) : count(milliseconds));

await main(() => withWorkspace(measure));
