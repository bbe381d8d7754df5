// How fast flows get into the store and how small they are there, beside bare JSON.parse of the same file in the same
// run: `npm run bench [-- --flows N] [-- --large] [-- --file FILE] …`. What is printed, README.md explains.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipped, zstandard } from './lib/compression.mjs';
import { bytesOfLines, sizeOfFolder } from './lib/files.mjs';
import { readOptions } from './lib/options.mjs';
import { generate, runPart, startServer } from './lib/process.mjs';
import { count, fastest, megabytes, printMachine, printTable, times } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const options = readOptions({
  flows: 1_000_000,
  large: false,
  'large-flows': 5_000_000,
  general: 200_000,
  dialect: 'general',
  rounds: 3,
  file: '',
  'zstd-flows': 50_000,
});

async function measure(folder) {
  printMachine();
  const capture = await captures(folder);
  const parts = partsOf(capture, folder);
  const results = new Map(parts.map(({ name }) => [name, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const { name, run } of parts) {
      progress(`round ${round} of ${options.rounds}: ${name}`);
      results.get(name).push(await run());
    }
  }
  progress('');
  const best = new Map([...results].map(([name, rounds]) => [name, fastest(rounds)]));
  printRates(best);
  await printSizes(capture, best);
  printRatios(best);
}

/** The files, and which bytes of them to take: a longer capture begins with the shorter one. */
async function captures(folder) {
  const { file, flows, large, general, dialect } = options;
  if (file !== '') return { usual: { file, end: (await stat(file)).size } };
  progress('writing the captures');
  const path = join(folder, 'flows.jsonl');
  await generate(path, large ? Math.max(flows, options['large-flows']) : flows);
  const other = join(folder, 'general.jsonl');
  await generate(other, Math.min(flows, general), { dialect });
  const whole = { file: path, end: (await stat(path)).size };
  return {
    usual: large ? { file: path, end: await bytesOfLines(path, flows) } : whole,
    large: large ? whole : undefined,
    general: { file: other, end: (await stat(other)).size },
  };
}

const BARE = 'JSON.parse of each line';
const FILE = 'file to disk';
const UPLOAD = 'upload by HTTP to disk';
const GENERAL_BARE = `JSON.parse, ${options.dialect} dialect`;
const GENERAL = `file to disk, ${options.dialect} dialect`;
const LARGE_BARE = 'JSON.parse, large';
const LARGE = 'file to disk, large';

/** What is run in each round, in this order, so that what is compared is near in time. */
function partsOf({ usual, large, general }, folder) {
  const parts = [
    { name: BARE, run: () => runPart('parse', usual) },
    { name: FILE, run: () => imported(usual, folder) },
    { name: UPLOAD, run: () => uploaded(usual, folder) },
  ];
  if (general !== undefined)
    parts.push(
      { name: GENERAL_BARE, run: () => runPart('parse', general) },
      { name: GENERAL, run: () => imported(general, folder) },
    );
  if (large !== undefined)
    parts.push(
      { name: LARGE_BARE, run: () => runPart('parse', large) },
      { name: LARGE, run: () => imported(large, folder) },
    );
  return parts;
}

async function imported(capture, folder) {
  return withDatabase(folder, (data) => runPart('import', { ...capture, data }));
}

/** The memory is the server's, the time the sender's. */
async function uploaded(capture, folder) {
  return withDatabase(folder, async (data) => {
    const server = await startServer(data);
    try {
      const { flows, seconds } = await runPart('upload', { ...capture, url: server.url });
      return { flows, seconds, peak: server.peakMemory() };
    } finally {
      await server.stop();
    }
  });
}

async function withDatabase(folder, use) {
  const data = await mkdtemp(join(folder, 'data-'));
  try {
    const result = await use(data);
    return { ...result, bytes: await sizeOfFolder(data) };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

const rate = ({ flows, seconds }) => flows / seconds;
/** Against bare parsing of the same file. */
const bareOf = { [FILE]: BARE, [UPLOAD]: BARE, [GENERAL]: GENERAL_BARE, [LARGE]: LARGE_BARE };

function printRates(best) {
  const rows = [...best].map(([name, result]) => [
    name,
    count(result.flows),
    count(rate(result)),
    name in bareOf ? times(rate(result) / rate(best.get(bareOf[name]))) : undefined,
    result.cpu === undefined ? undefined : (result.cpu / (result.flows / 1e6)).toFixed(1),
    megabytes(result.peak),
    result.bytes === undefined ? undefined : (result.bytes / result.flows).toFixed(1),
  ]);
  console.log(`best of ${options.rounds} rounds, each part in a process of its own`);
  printTable(
    ['', 'flows', 'flows/s', 'to JSON.parse', 'CPU s/million', 'peak memory', 'bytes/flow on disk'],
    rows,
  );
}

/** What the raw file is and what compressors make of it; zstd -19 is slow, so it gets the first flows only. */
async function printSizes({ usual, large }, best) {
  const { file, end } = large ?? usual;
  const whole = best.get(large ? LARGE : FILE);
  const lines = Math.min(options['zstd-flows'], whole.flows);
  progress('gzip -6');
  const gzip = (await gzipped(file, end)) / whole.flows;
  progress('zstd -19');
  const zstd = await zstandard(file, await bytesOfLines(file, lines));
  progress('');
  const ours = whole.bytes / whole.flows;
  const row = (name, bytes) => [name, bytes.toFixed(1), times(ours / bytes)];
  printTable(
    ['bytes a flow', '', 'flowatlas to it'],
    [
      row('raw', end / whole.flows),
      row('gzip -6', gzip),
      zstd === undefined
        ? ['zstd -19', 'not installed', undefined]
        : row(`zstd -19 of the first ${count(lines)} flows`, zstd / lines),
      row('flowatlas, everything included', ours),
    ],
  );
}

function printRatios(best) {
  const [bare, file, upload] = [BARE, FILE, UPLOAD].map((name) => rate(best.get(name)));
  const lines = [
    ['file to disk / JSON.parse of each line', times(file / bare)],
    ['upload by HTTP / file to disk', times(upload / file)],
  ];
  if (best.has(GENERAL)) {
    const general = rate(best.get(GENERAL));
    lines.push(
      [`${options.dialect} dialect / JSON.parse of the same`, times(general / rate(best.get(GENERAL_BARE)))],
      [`${options.dialect} dialect / JSON.parse of Hubble's`, times(general / bare)],
    );
  }
  if (best.has(LARGE)) {
    const [few, many] = [best.get(FILE), best.get(LARGE)];
    lines.push([
      `rate at ${count(many.flows)} / rate at ${count(few.flows)} flows`,
      times(rate(many) / rate(few)),
    ]);
  }
  printTable(['ratio', ''], lines);
}

await main(() => withWorkspace(measure));
