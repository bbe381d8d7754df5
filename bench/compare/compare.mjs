// The same file into Flowatlas and into DuckDB:
// `npm run bench:compare [-- --flows N] …`. What is printed, ../README.md explains.
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizeOfFolder } from '../lib/files.mjs';
import { readOptions } from '../lib/options.mjs';
import { generate, run, runPart } from '../lib/process.mjs';
import { count, fastest, megabytes, printMachine, printTable, times } from '../lib/report.mjs';
import { main, progress, withWorkspace } from '../lib/workspace.mjs';

const options = readOptions({ flows: 1_000_000, rounds: 3, hours: 4, file: '' });
const cores = availableParallelism();
const OURS = 'flowatlas';

async function measure(folder) {
  printMachine();
  const file = options.file === '' ? await written(folder) : options.file;
  const engines = {
    [OURS]: (data) => flowatlas(file, data),
    'DuckDB, columns, 1 thread': (data) => duckdb(file, data, 1),
    [`DuckDB, columns, ${cores} threads`]: (data) => duckdb(file, data, cores),
    [`DuckDB, columns and record, ${cores} threads`]: (data) => duckdb(file, data, cores, '--record'),
  };
  const results = Object.fromEntries(Object.keys(engines).map((name) => [name, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const [name, load] of Object.entries(engines)) {
      progress(`round ${round} of ${options.rounds}: ${name}`);
      const data = join(folder, 'data');
      await mkdir(data);
      results[name].push(await load(data));
      await rm(data, { recursive: true });
    }
  }
  progress('');
  printLoads(results);
}

function written(folder) {
  progress('writing the capture');
  const { flows, hours } = options;
  return generate(join(folder, 'flows.jsonl'), flows, { rate: flows / (hours * 3600) });
}

async function flowatlas(file, data) {
  const loaded = await runPart('import', { file, data });
  return { ...loaded, bytes: await sizeOfFolder(data) };
}

async function duckdb(file, data, threads, ...flags) {
  const script = fileURLToPath(new URL('duckdb.mjs', import.meta.url));
  const database = join(data, 'flows.duckdb');
  return JSON.parse(
    await run(script, [`--file=${file}`, `--data=${database}`, `--threads=${threads}`, ...flags]),
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

await main(() => withWorkspace(measure));
