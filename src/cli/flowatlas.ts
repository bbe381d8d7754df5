#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { FlowatlasError } from '../domain/errors.js';
import { version } from '../version.js';
import { RestError } from './rest-client.js';
import { complain, paint, safe } from './terminal.js';
import { wordsOf } from './words.js';
import { WrongUse } from './wrong-use.js';

interface CommandModule {
  /** Arguments, options, and what is done. */
  define(command: Command): void;
}

/** What a command is for, and where the rest of it is: it is read when the command is given, as all take long. */
type Entry = readonly [describe: string, load: () => Promise<CommandModule>];

const commands: Readonly<Record<string, Entry>> = {
  serve: ['serve the REST API, live maps and the dashboard', () => import('./commands/serve.js')],
  demo: ['show the product on samples/shop, with live replay', () => import('./commands/demo.js')],
  import: [
    'store files that Hubble wrote: NDJSON, arrays, its text, gzip, zstd; - is standard input',
    () => import('./commands/import.js'),
  ],
  observe: [
    'flows as `hubble observe` prints them, with its flags: of a server, a data folder or a file',
    () => import('./commands/observe.js'),
  ],
  export: [
    'write the records again as they came: NDJSON in order of arrival; with a filter only flows',
    () => import('./commands/export.js'),
  ],
  map: ['the service map: who talks to whom, and who is kept from it', () => import('./commands/map.js')],
  drops: ['what was dropped, by cause, in words', () => import('./commands/drops.js')],
  ledger: [
    'news of who speaks with whom: never seen before, gone silent, dropped for the first time',
    () => import('./commands/ledger.js'),
  ],
  status: ['what is held', () => import('./commands/status.js')],
  verify: [
    'look at everything in the database, also while a server runs on it; exits 1 when it is damaged',
    () => import('./commands/verify.js'),
  ],
  backup: [
    'copy the database into one file, also while a server runs on it',
    () => import('./commands/backup.js'),
  ],
  restore: ['put a backup into a data folder that no server holds', () => import('./commands/restore.js')],
  compact: [
    'merge small blocks and give free room back; a running server merges by itself',
    () => import('./commands/compact.js'),
  ],
};

/** Exit codes: 0 done, 1 failed, 2 wrong use. */
const program = new Command('flowatlas')
  .description('Recorded Hubble flows: a history to query, a service map, and what was dropped')
  .version(version)
  // Options behind `map diff` are those of `diff`, not of `map`.
  .enablePositionalOptions()
  .exitOverride()
  .showHelpAfterError('(flowatlas --help tells more)')
  .helpCommand(false)
  .hook('preSubcommand', async (_, command) => {
    const module = await commands[command.name()]?.[1]();
    module?.define(command);
  });
for (const [name, [describe]] of Object.entries(commands))
  program.command(name).description(describe).showHelpAfterError(`(flowatlas ${name} --help tells more)`);

program
  .command('help')
  .description('tell more of a command')
  .argument('[command]')
  .action(async (name?: string) => {
    await program.parseAsync([...(name === undefined ? [] : [name]), '--help'], { from: 'user' });
  });

/** Codes of the API for what whoever asks has to change. */
const WRONG = ['invalid_filter', 'invalid_parameter', 'unknown_parameter'];

function exitCodeOf(error: unknown): number {
  const isCoded = error instanceof FlowatlasError || error instanceof RestError;
  return error instanceof WrongUse || (isCoded && WRONG.includes(error.code)) ? 2 : 1;
}

// `flowatlas map | head`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  complain(`${paint.red('✗')} ${wordsOf(error).split('\n').map(safe).join('\n')}`);
  process.exitCode = exitCodeOf(error);
}
