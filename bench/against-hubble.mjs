// Asks the real `hubble` command and `flowatlas observe` the same of the same file, with filters at random, and tells
// where they answer otherwise: `npm run against-hubble -- --hubble PATH [--file FILE] [--cases N] [--seed N]`.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Dice } from './generator/dice.mjs';
import { argumentsOf, flagsOf } from './lib/flags.mjs';
import { readOptions } from './lib/options.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const options = readOptions({
  hubble: 'hubble',
  file: path('../samples/shop/flows.jsonl'),
  cases: 200,
  seed: 1,
});
const flowatlas = path('../dist/cli/flowatlas.js');
const run = promisify(execFile);

/** What a command answers: the uuids of its flows in its order, or that it refused. */
async function answerOf(program, args) {
  try {
    const { stdout } = await run(program, args, { maxBuffer: 2 ** 30, env: { ...process.env, TZ: 'UTC' } });
    const flows = stdout.split('\n').filter((line) => line.startsWith('{'));
    return flows.map((line) => JSON.parse(line).flow?.uuid).filter((uuid) => uuid !== undefined);
  } catch (error) {
    if (error.code === 'ENOENT')
      throw new Error(`there is no ${program}; say --hubble PATH`, { cause: error });
    return `refused: ${error.stderr.trim().split('\n').at(-1)}`;
  }
}

/** What both are asked beside the filters. */
const asked = (file, args) => ['observe', '--input-file', file, '-o', 'jsonpb', '--last', '1000000', ...args];

/** A copy of the flows in which each has a uuid of its own, by which it is known in both answers. */
async function numbered(from, to) {
  const lines = (await readFile(from, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
  const records = lines.map((line) => JSON.parse(line)).filter(({ flow }) => flow !== undefined);
  for (const [number, { flow }] of records.entries())
    flow.uuid = `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
  await writeFile(to, `${records.map((record) => JSON.stringify(record)).join('\n')}\n`);
  return records.map(({ flow }) => flow);
}

/**
 * What Hubble before 1.16 reads otherwise than it does today, which is what we do: a key of a label without a source,
 * a source in capitals, `/prefix`; and it does not mind namespaces that contradict services.
 */
function isReadAnew(args) {
  const values = (name) => args.filter((_, i) => name.test(args[i - 1] ?? ''));
  const isNewKey = (text) =>
    /(?:^|[,!])\s*!?(?:[^:=!,\s]*\.[^:=!,\s]*(?:[=!,\s]|$)|[^:=,]*[A-Z][^:=,]*:)/.test(text);
  return (
    values(/label$/).some(isNewKey) ||
    values(/(?:pod|service)$/).some((value) => value.startsWith('/')) ||
    (values(/service$/).length > 0 && values(/(?:namespace|pod)$/).length > 0)
  );
}

const same = (a, b) =>
  typeof a === 'string' ? typeof b === 'string' : typeof b !== 'string' && a.join() === b.join();
const shown = (answer) => (typeof answer === 'string' ? answer : `${answer.length} flows`);

async function compare(folder) {
  const file = join(folder, 'flows.jsonl');
  const dice = new Dice(options.seed);
  const flows = await numbered(options.file, file);
  const known = await answerOf(options.hubble, asked(file, []));
  if (typeof known === 'string') throw new Error(`hubble cannot read the file (${known})`);
  const { stdout: help } = await run(options.hubble, ['observe', '--help']);
  const flags = Object.entries(flagsOf(flows, dice)).filter(([name]) => help.includes(` --${name} `));
  const found = { same: 0, differing: 0, passedOver: 0 };
  for (let number = 1; number <= options.cases; number++) {
    progress(`case ${number} of ${options.cases}`);
    const args = argumentsOf(Object.fromEntries(flags), dice);
    if (isReadAnew(args)) {
      found.passedOver++;
      continue;
    }
    const question = asked(file, args);
    const [theirs, ours] = await Promise.all([
      answerOf(options.hubble, question),
      answerOf(process.execPath, [flowatlas, ...question]),
    ]);
    // Records that it cannot read (of newer versions) it does not print.
    const comparable = typeof ours === 'string' ? ours : ours.filter((uuid) => known.includes(uuid));
    if (same(theirs, comparable)) found.same++;
    else {
      found.differing++;
      progress('');
      console.log(
        `${args.map((arg) => `'${arg}'`).join(' ')}\n  hubble ${shown(theirs)}\n  flowatlas ${shown(comparable)}`,
      );
    }
  }
  progress('');
  console.log(
    `${known.length} flows, ${options.cases} questions: ${found.same} answered alike, ${found.differing} otherwise, ${found.passedOver} passed over that Hubble reads otherwise since 1.16`,
  );
  if (found.differing > 0) throw new Error('the answers differ');
}

await main(() => withWorkspace(compare));
