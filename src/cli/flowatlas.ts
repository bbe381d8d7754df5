#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { readConfig, settings } from '../config.js';
import { filterNames, filterSwitches } from '../domain/filter/parse-filter.js';
import { dropFields } from '../drops/drops.schema.js';
import { textDatingSchema } from '../ingest/ingest.schema.js';
import { levels } from '../service-map/service-map.schema.js';
import { version } from '../version.js';
import { backUpFolder, restoreFolder } from './backup.js';
import { compactFolder } from './compact.js';
import { demo } from './demo.js';
import { printDrops } from './drops.js';
import { exportRecords } from './export.js';
import { importFiles, type ImportOptions } from './import.js';
import { printMap } from './map.js';
import { serve } from './serve.js';
import type { Parameters } from './rest-client.js';
import { printStatus } from './status.js';
import { complain, paint, safe } from './terminal.js';
import { verifyDatabase } from './verify.js';
import { withServer, type SourceOptions } from './with-server.js';
import { wordsOf } from './words.js';

/** Exit codes: 0 done, 1 failed, 2 wrong use. */
const program = new Command('flowatlas')
  .description('Recorded Hubble flows: a history to query, a service map, and what was dropped')
  .version(version)
  .exitOverride();

type ServeFlags = Record<string, string | string[] | undefined> & { check?: true };

const serveCommand = program
  .command('serve')
  .description('serve the REST API, live maps and the dashboard')
  .option('--check', 'check the configuration and exit')
  .action(({ check, ...flags }: ServeFlags) => serve(flags, check === true));
const demoCommand = program
  .command('demo')
  .description('show the product on samples/shop, with live replay')
  .action((flags: { listen?: string; log?: string }) => demo(flags));
for (const { flag, variable, value, describe, isList } of settings) {
  const source = value === '' ? variable : `${variable}, else ${value}`;
  const option = new Option(`--${flag} <value>`, `${describe} (${source})`);
  if (isList) option.argParser(collect);
  serveCommand.addOption(option);
  if (flag === 'listen' || flag === 'log') demoCommand.addOption(option);
}

withSource(program.command('import'))
  .description('store files that Hubble wrote: NDJSON, arrays, its text, gzip, zstd; - is standard input')
  .argument('<file...>', 'files, folders, globs, or -')
  .addOption(
    new Option(
      '--year <year>',
      'the year of text lines that name none (else told from the date of the file)',
    ).argParser(readYear),
  )
  .action(async (files: string[], options: ImportOptions) => {
    process.exitCode = await importFiles(files, options);
  });

interface ReadOptions extends SourceOptions {
  output: 'table' | 'json';
  [filter: string]: string | string[] | undefined;
}

filtering(program.command('export'))
  .description('write the records again as they came: NDJSON in order of arrival; with a filter only flows')
  .option('-o, --output <file>', 'write this file instead of standard output')
  .action(({ output, ...options }: SourceOptions & { output?: string }) =>
    withServer(options, async (client) => {
      process.exitCode = await exportRecords(client, parametersOf(options), output);
    }),
  );

asking(program.command('map'))
  .description('the service map: who talks to whom, and who is kept from it')
  .addOption(new Option('--level <level>', 'what a node stands for (else workload)').choices(levels))
  .action((options: ReadOptions) =>
    withServer(options, (client) => printMap(client, parametersOf(options), options.output)),
  );

asking(program.command('drops'))
  .description('what was dropped, by cause, in words')
  .option('--by <fields>', `what to group by, comma-separated: ${dropFields.join(', ')}`)
  .action((options: ReadOptions) =>
    withServer(options, (client) => printDrops(client, parametersOf(options), options.output)),
  );

withSource(program.command('status'))
  .description('what is held')
  .addOption(outputOption())
  .action((options: ReadOptions) => withServer(options, (client) => printStatus(client, options.output)));

program
  .command('verify')
  .description(
    'look at everything in the database, also while a server runs on it; exits 1 when it is damaged',
  )
  .argument('[file]', 'a backup instead of the data folder')
  .addOption(dataOption())
  .action((file: string | undefined, options: DataOptions) => {
    process.exitCode = verifyDatabase(folderOf(options), file);
  });

program
  .command('backup')
  .description('copy the database into one file, also while a server runs on it')
  .argument('<file>', 'the file to make')
  .addOption(dataOption())
  .action((file: string, options: DataOptions) => backUpFolder(folderOf(options), file));

program
  .command('restore')
  .description('put a backup into a data folder that no server holds')
  .argument('<file>', 'what `flowatlas backup` made')
  .addOption(dataOption().makeOptionMandatory())
  .option('--force', 'also in the place of a database, and although the backup is damaged')
  .action((file: string, { force, ...options }: DataOptions & { force?: true }) =>
    restoreFolder(file, folderOf(options), force === true),
  );

program
  .command('compact')
  .description('merge small blocks and give free room back; a running server merges by itself')
  .addOption(dataOption())
  .action((options: DataOptions) => compactFolder(folderOf(options)));

interface DataOptions {
  data?: string;
}

function dataOption(): Option {
  return new Option('--data <folder>', 'the data folder (FLOWATLAS_DATA, else ./data)');
}

function folderOf({ data }: DataOptions): string {
  return readConfig(process.env, data === undefined ? {} : { data }).data;
}

function withSource(command: Command): Command {
  return command
    .option('--server <url>', 'ask this server (FLOWATLAS_SERVER, else the one on 127.0.0.1:8787 if it runs)')
    .option('--data <folder>', 'use this data folder; no server may hold it (FLOWATLAS_DATA, else ./data)');
}

function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print it').choices(['table', 'json']).default('table');
}

function asking(command: Command): Command {
  return filtering(command).addOption(outputOption());
}

/** A command that takes every filter, and a file instead of a store. */
function filtering(command: Command): Command {
  withSource(command)
    .option('--input-file <file>', 'read this file instead; - is standard input')
    .option('--since <time>', 'oldest time, such as 1h, 7d or 2026-06-01T10:00:00Z')
    .option('--until <time>', 'newest time');
  for (const [name, describe] of filterNames) {
    const value = filterSwitches.has(name) ? '[true]' : '<value>';
    const option = new Option(`--${name} ${value}`, describe).preset('true').argParser(collect);
    command.addOption(name.startsWith('not-') ? option.hideHelp() : option);
  }
  return command.addHelpText(
    'after',
    '\nFilters are those of `hubble observe`. Different ones are "and", a repeated one is "or"; with not-\nbefore the name, as in --not-namespace, a filter leaves out.',
  );
}

function readYear(value: string): string {
  if (!textDatingSchema.safeParse({ year: value }).success)
    throw new InvalidArgumentError('a year from 1970 to 2261 is needed.');
  return value;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

const OWN = new Set(['server', 'data', 'inputFile', 'output']);

/** Commander spells `--from-pod` as fromPod; the API spells it as it was. */
function parametersOf(options: SourceOptions): Parameters {
  return Object.fromEntries(
    Object.entries(options as Parameters)
      .filter(([name]) => !OWN.has(name))
      .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value]),
  );
}

// `flowatlas map | head`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

program.showHelpAfterError('(flowatlas --help tells more)');
for (const command of program.commands)
  command.showHelpAfterError(`(flowatlas ${command.name()} --help tells more)`);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  complain(`${paint.red('✗')} ${wordsOf(error).split('\n').map(safe).join('\n')}`);
  process.exitCode = 1;
}
