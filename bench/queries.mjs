// How long a dashboard's questions take over REST, at rest and while another process uploads at full speed:
// `npm run bench:queries [-- --held N] [-- --uploaded N] …`. What is printed, README.md explains.
import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfLines } from './lib/files.mjs';
import { readOptions } from './lib/options.mjs';
import { generate, runPart, startPart, startServer } from './lib/process.mjs';
import { count, megabytes, printMachine, printTable, quantile } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const options = readOptions({ held: 1_000_000, uploaded: 1_000_000, rounds: 100, hours: 4 });

async function measure(folder) {
  printMachine();
  const { held, uploaded, rounds, hours } = options;
  progress('writing the capture');
  const file = join(folder, 'flows.jsonl');
  await generate(file, held + uploaded, { rate: (held + uploaded) / (hours * 3600) });
  const middle = await bytesOfLines(file, held);
  const server = await startServer(await mkdtemp(join(folder, 'data-')));
  const { url } = server;
  try {
    progress('uploading what is held');
    const alone = await runPart('upload', { url, file, end: middle });
    progress('reading at rest');
    const idle = await runPart('read', { url, rounds });
    progress('reading while storing');
    const reader = startPart('read', { url });
    const read = await runPart('upload', { url, file, start: middle, end: (await stat(file)).size });
    reader.stop();
    const busy = await reader.result;
    progress('');
    printAnswers(alone, idle, busy);
    printUploads(alone, read, server.peakMemory());
  } finally {
    await server.stop();
  }
}

function printAnswers(alone, idle, busy) {
  const few = Math.min(...Object.values(busy.answers).map(({ milliseconds }) => milliseconds.length));
  console.log(
    `milliseconds from asking to the last byte, one question after another: ${options.rounds} times on ${count(alone.flows)} flows at rest, then ${few} times while another process uploads ${count(options.uploaded)} more`,
  );
  if (few < 100) console.log('(with fewer than 100 answers the 99th percentile is the slowest one)');
  const rows = Object.keys(idle.answers).map((name) => {
    const [atRest, storing] = [idle, busy].map(({ answers }) => spread(answers[name].milliseconds));
    const { found, bytes } = busy.answers[name];
    return [name, ...atRest, ...storing, found, `${count(bytes / 1000)} kB`];
  });
  const head = ['', 'p50', 'p99', 'p50 storing', 'p99 storing', 'found', 'answer'];
  printTable(head, rows);
}

function spread(milliseconds) {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  return [0.5, 0.99].map((share) => (sorted.length === 0 ? undefined : quantile(sorted, share).toFixed(1)));
}

function printUploads(alone, read, peak) {
  const [before, during] = [alone, read].map(({ flows, seconds }) => flows / seconds);
  printTable(
    ['upload', 'flows/s'],
    [
      ['nobody reads', count(before)],
      ['while reading', count(during)],
    ],
  );
  console.log(`peak memory of the server: ${megabytes(peak) ?? 'not told by this system'}`);
}

await main(() => withWorkspace(measure));
