// How fast a file gets from disk into the store, beside bare JSON.parse of the same file in the same
// run: `npm run bench [-- --flows N] [-- --file FILE]`. Every part runs in a process of its own.
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    flows: { type: 'string', default: '500000' },
    file: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    part: { type: 'string' },
  },
});

const parts = { 'JSON.parse of each line': parseOnly, 'flowatlas, file to disk': importFile };

if (values.part === undefined) compare();
else process.stdout.write(JSON.stringify(await parts[values.part](values.file)));

function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'flowatlas-bench-'));
  try {
    const file = values.file ?? generate(join(folder, 'flows.jsonl'));
    const rounds = Array.from({ length: Number(values.rounds) }, () =>
      Object.keys(parts).map((part) => ({ part, ...run(part, file) })),
    );
    report(file, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function generate(file) {
  const generator = fileURLToPath(new URL('generate.mjs', import.meta.url));
  spawnSync(process.execPath, [generator, values.flows, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}

function run(part, file) {
  const { stdout, status } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), '--part', part, '--file', file],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout);
}

/** The best of the rounds: other work on the machine only ever makes a round slower. */
function report(file, rounds) {
  const megabytes = (statSync(file).size / 1e6).toFixed(0);
  const best = Object.keys(parts).map((part) => {
    const results = rounds.flat().filter((result) => result.part === part);
    return results.reduce((a, b) => (a.seconds <= b.seconds ? a : b));
  });
  const [bare, ours] = best;
  console.log(
    `${ours.flows} flows, ${megabytes} MB, best of ${rounds.length} rounds, Node.js ${process.version}\n`,
  );
  for (const { part, flows, seconds, peak } of best) {
    const rate = Math.round(flows / seconds).toLocaleString('en');
    console.log(`${part.padEnd(26)} ${rate.padStart(9)} flows/s   peak memory ${Math.round(peak / 1e6)} MB`);
  }
  const ratio = bare.seconds / bare.flows / (ours.seconds / ours.flows);
  console.log(`\nratio to bare JSON.parse     ${ratio.toFixed(2)} ×`);
  console.log(`on disk, everything included ${(ours.bytes / ours.flows).toFixed(0)} bytes a flow`);
}

/** What bare parsing costs, with the cheapest way to split lines. */
async function parseOnly(file) {
  const start = performance.now();
  let flows = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      JSON.parse(bytes.toString('utf8', from, at));
      from = at + 1;
      flows++;
    }
    rest = bytes.subarray(from);
  }
  return { flows, seconds: (performance.now() - start) / 1000, peak: peakMemory() };
}

async function importFile(file) {
  const { openStore } = await import('../dist/store/store.module.js');
  const folder = mkdtempSync(join(tmpdir(), 'flowatlas-bench-db-'));
  const open = await openStore(folder);
  const start = performance.now();
  const upload = open.ingest.open();
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) await upload.write(chunk);
  const { stored } = await upload.end();
  const seconds = (performance.now() - start) / 1000;
  await open.close();
  const bytes = statSync(join(folder, 'flowatlas.db')).size;
  rmSync(folder, { recursive: true, force: true });
  return { flows: stored, seconds, bytes, peak: peakMemory() };
}

/** Bytes: the largest resident set so far. */
function peakMemory() {
  return process.resourceUsage().maxRSS * 1024;
}
