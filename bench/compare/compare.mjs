// The same file into Flowatlas and into DuckDB, and the same questions to both:
// `npm run bench:compare [-- --flows N] …`. What is printed, ../README.md explains.
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizeOfFolder } from '../lib/files.mjs';
import { readOptions } from '../lib/options.mjs';
import { generate, run, runPart, startServer } from '../lib/process.mjs';
import { count, fastest, megabytes, printMachine, printTable, quantile, times } from '../lib/report.mjs';
import { main, progress, withWorkspace } from '../lib/workspace.mjs';

const options = readOptions({ flows: 1_000_000, rounds: 3, questions: 30, hours: 4, file: '' });
const cores = availableParallelism();
const OURS = 'flowatlas';
const ALL_CORES = `DuckDB, columns, ${cores} threads`;

async function measure(folder) {
  printMachine();
  const file = options.file === '' ? await written(folder) : options.file;
  const engines = {
    [OURS]: (data, ask) => flowatlas(file, data, ask),
    'DuckDB, columns, 1 thread': (data, ask) => duckdb(file, data, ask, 1),
    [ALL_CORES]: (data, ask) => duckdb(file, data, ask, cores),
    [`DuckDB, columns and record, ${cores} threads`]: (data, ask) =>
      duckdb(file, data, ask, cores, '--record'),
  };
  const results = Object.fromEntries(Object.keys(engines).map((name) => [name, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const [name, load] of Object.entries(engines)) {
      progress(`round ${round} of ${options.rounds}: ${name}`);
      const data = join(folder, 'data');
      await mkdir(data);
      // Only once: the answers do not get better with the rounds.
      results[name].push(await load(data, round === options.rounds));
      await rm(data, { recursive: true });
    }
  }
  progress('');
  printLoads(results);
  printAnswers(results);
}

function written(folder) {
  progress('writing the capture');
  const { flows, hours } = options;
  return generate(join(folder, 'flows.jsonl'), flows, { rate: flows / (hours * 3600) });
}

/** The questions go over REST: HTTP and JSON are in the time. */
async function flowatlas(file, data, ask) {
  const loaded = await runPart('import', { file, data });
  const result = { ...loaded, bytes: await sizeOfFolder(data) };
  if (!ask) return result;
  const server = await startServer(data);
  try {
    const { answers } = await runPart('read', { url: server.url, rounds: options.questions });
    return { ...result, answers };
  } finally {
    await server.stop();
  }
}

async function duckdb(file, data, ask, threads, ...flags) {
  const script = fileURLToPath(new URL('duckdb.mjs', import.meta.url));
  const rounds = ask ? options.questions : 0;
  const database = join(data, 'flows.duckdb');
  return JSON.parse(
    await run(script, [
      `--file=${file}`,
      `--data=${database}`,
      `--threads=${threads}`,
      `--rounds=${rounds}`,
      ...flags,
    ]),
  );
}

function printLoads(results) {
  const rate = ({ flows, seconds }) => flows / seconds;
  const ours = rate(fastest(results[OURS]));
  const rows = Object.entries(results).map(([name, rounds]) => {
    const best = fastest(rounds);
    const size = (best.bytes / best.flows).toFixed(1);
    return [
      name,
      count(best.flows),
      count(rate(best)),
      times(ours / rate(best)),
      (best.cpu / (best.flows / 1e6)).toFixed(1),
      megabytes(best.peak),
      size,
    ];
  });
  console.log(`loading, best of ${options.rounds} rounds; the columns of DuckDB are not the whole record`);
  const head = [
    '',
    'flows',
    'flows/s',
    'flowatlas is faster',
    'CPU s/million',
    'peak memory',
    'bytes/flow on disk',
  ];
  printTable(head, rows);
}

function printAnswers(results) {
  const [ours, theirs] = [OURS, ALL_CORES].map((name) => results[name].at(-1).answers);
  const rows = Object.keys(ours).map((question) => {
    const [own, other] = [ours, theirs].map((answers) => median(answers[question].milliseconds));
    const found = [ours, theirs].map((answers) => answers[question].found);
    return [question, own.toFixed(1), other.toFixed(1), times(other / own), ...found];
  });
  console.log(
    `milliseconds to answer, median of ${options.questions}; flowatlas over REST, DuckDB in its process`,
  );
  const head = ['', OURS, ALL_CORES, 'flowatlas is faster', 'flowatlas found', 'DuckDB found'];
  printTable(head, rows);
}

const median = (milliseconds) =>
  quantile(
    milliseconds.toSorted((a, b) => a - b),
    0.5,
  );

await main(() => withWorkspace(measure));
