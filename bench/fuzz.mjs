// Mutated captures through the decoder and a memory store, until the time is up or something is wrong:
// `npm run fuzz [-- --seconds 60] [-- --seed N]`. The seed of a round that failed runs it alone.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FlowReader } from '../dist/domain/flow/flow-reader.js';
import { Redactor } from '../dist/domain/redaction/redactor.js';
import { FlowScanner } from '../dist/ingest/flow-scanner.js';
import { IngestSession } from '../dist/ingest/ingest-session.js';
import { MemoryFlowWriter } from '../dist/store/memory/flow-writer.js';
import { Memory } from '../dist/store/memory/memory.js';
import { fuzzInput, fuzzRound } from './fuzz-round.mjs';
import { minimise } from './minimise.mjs';
import { randomNumbers } from './mutations.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = [join(root, 'samples'), join(root, '../shared/flows')];
const captures = folders.filter((folder) => existsSync(folder)).flatMap(capturesIn);

function capturesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(jsonl?|ndjson|log)$/.test(entry.name))
    .map((entry) =>
      readFileSync(join(entry.parentPath, entry.name), 'latin1')
        .split('\n')
        .filter((line) => line.length < 100_000),
    )
    .filter((lines) => lines.length > 0);
}

/** 2026-06-01T10:01:00Z */
const NOW = 1_780_308_060_000;
const dating = { year: undefined, notAfter: NOW, notAfterIs: 'the time of arrival' };

async function ingest(chunks, by) {
  const memory = new Memory();
  const writer = new MemoryFlowWriter(memory, () => NOW);
  const reader = new FlowReader();
  const session = new IngestSession(writer, reader, new FlowScanner(reader), dating, by);
  for (const chunk of chunks) session.write(chunk);
  session.end();
  await writer.commit();
  return { report: session.report(), records: memory.flows.map(({ record }) => record) };
}

const redactor = Redactor.of({
  urlQuery: true,
  urlParameters: 'token',
  userInfo: true,
  headersAllow: '',
  headersDeny: '*',
  kafkaApiKey: true,
  pattern: '[0-9]{3}',
});
/** Characters of an input that failed. */
const MOST_SHOWN = 4_000;

/** Where chunks are cut begins anew, so that the same bytes fail again. */
const round = (bytes, seed) => fuzzRound(bytes, randomNumbers(seed), ingest, redactor);

async function failsAlike(bytes, seed, { message }) {
  try {
    await round(bytes, seed);
    return false;
  } catch (error) {
    return error.message === message;
  }
}

const first = Number(values.seed ?? Date.now() % 2 ** 31);
const until = Date.now() + Number(values.seconds) * 1000;
const sums = { rounds: 0, records: 0, rejected: 0 };
process.stdout.write(`${captures.length} captures, seed ${first}\n`);
for (let seed = first; ; seed++) {
  const { bytes, names } = fuzzInput(captures, randomNumbers(seed));
  try {
    const { records, rejected } = await round(bytes, seed);
    sums.rounds++;
    sums.records += records;
    sums.rejected += rejected;
  } catch (error) {
    process.stderr.write(`seed ${seed} (${names.join(', ')}): ${error.stack}\n`);
    const least = await minimise(bytes, (smaller) => failsAlike(smaller, seed, error));
    writeFileSync('fuzz-failure.txt', least);
    process.stderr.write(
      `the least of its ${bytes.length} bytes that fails in the same way has ${least.length}, in fuzz-failure.txt; as latin1:\n` +
        `${JSON.stringify(least.toString('latin1').slice(0, MOST_SHOWN))}\n` +
        `again: npm run fuzz -- --seed ${seed}\n`,
    );
    process.exit(1);
  }
  if (values.seed !== undefined || Date.now() > until) break;
}
process.stdout.write(
  `${sums.rounds} rounds, ${sums.records} records read, ${sums.rejected} rejected: nothing wrong\n`,
);
