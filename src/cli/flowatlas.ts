#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.js';
import { settings } from '../config/settings.js';
import { FlowatlasError } from '../domain/errors.js';
import { hubKinds } from '../domain/service-map/fold/hubs.js';
import { dropFields } from '../drops/drops.schema.js';
import { textDatingSchema } from '../ingest/ingest.schema.js';
import { version } from '../version.js';
import { backUpFolder, restoreFolder } from './backup.js';
import { collect } from './collect.js';
import { compactFolder } from './compact.js';
import { demo } from './demo.js';
import { printDrops } from './drops.js';
import { exportRecords } from './export.js';
import { filterOptions, filterWords } from './filter-options.js';
import { grainOptions } from './grain-options.js';
import { importFiles, type ImportOptions } from './import.js';
import { digestOutputs, printDigest } from './ledger.js';
import { diffMaps } from './map-diff/map-diff.js';
import { diffOptions, type DiffOptions } from './map-diff/options.js';
import { mapOutputs, printMap } from './map.js';
import { observe, type ObserveFlags } from './observe/observe.js';
import { eventOptions, observeOptions, refuseInFront } from './observe/options.js';
import { RestError, type Parameters } from './rest-client.js';
import { serve } from './serve.js';
import { printStatus } from './status.js';
import { complain, paint, safe } from './terminal.js';
import { verifyDatabase } from './verify.js';
import { withServer, type SourceOptions } from './with-server.js';
import { wordsOf } from './words.js';
import { WrongUse } from './wrong-use.js';

/** Exit codes: 0 done, 1 failed, 2 wrong use. */
const program = new Command('flowatlas')
  .description('Recorded Hubble flows: a history to query, a service map, and what was dropped')
  .version(version)
  // Options behind `map diff` are those of `diff`, not of `map`.
  .enablePositionalOptions()
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
}

const observeCommand = observeOptions(filtering(program.command('observe')))
  .enablePositionalOptions()
  .description('flows as `hubble observe` prints them, with its flags: of a server, a data folder or a file')
  .argument('[flows]', 'may be said, as `hubble observe flows`', onlyFlows)
  .action(async (_: string | undefined, flags: ObserveFlags) => {
    process.exitCode = await observe(flags);
  });

for (const [name, kind] of [
  ['agent-events', 'agent_event'],
  ['debug-events', 'debug_event'],
] as const)
  eventOptions(windowed(observeCommand.command(name)))
    .description(`what \`hubble observe ${name}\` prints: of a server, a data folder or a file`)
    .showHelpAfterError(`(flowatlas observe ${name} --help tells more)`)
    .action(async (flags: ObserveFlags) => {
      process.exitCode = await observe(flags, kind);
    });
refuseInFront(observeCommand);

filtering(program.command('export'))
  .description('write the records again as they came: NDJSON in order of arrival; with a filter only flows')
  .option('-o, --output <file>', 'write this file instead of standard output')
  .action(({ output, ...options }: SourceOptions & { output?: string }) =>
    withServer(options, async (client) => {
      process.exitCode = await exportRecords(client, parametersOf(options), output);
    }),
  );

const mapCommand = grainOptions(filtering(program.command('map')))
  .description('the service map: who talks to whom, and who is kept from it')
  .enablePositionalOptions()
  .option(
    '--fold <hubs>',
    `do not draw these one by one, comma-separated: ${Object.keys(hubKinds).join(', ')}`,
    collect,
  )
  .option('--max-nodes <number>', 'draw so many nodes at most, the rest as groups')
  .option('--max-edges <number>', 'draw so many edges at most, the rest is counted')
  .addOption(outputOption(mapOutputs))
  .action((options: SourceOptions & { output: (typeof mapOutputs)[number] }) =>
    withServer(options, (client) => printMap(client, mapParameters(options), options.output)),
  );

diffOptions(filterOptions(withSource(mapCommand.command('diff'))))
  .description('what changed in the service map between two windows, or two files')
  .showHelpAfterError('(flowatlas map diff --help tells more)')
  .action(async (before: string | undefined, after: string | undefined, options: DiffOptions) => {
    process.exitCode = await diffMaps(
      [before, after],
      options,
      parametersOf(options, 'level', 'expand', 'collapse'),
    );
  });

asking(program.command('drops'))
  .description('what was dropped, by cause, in words')
  .option('--by <fields>', `what to group by, comma-separated: ${dropFields.join(', ')}`, collect)
  .action((options: ReadOptions) =>
    withServer(options, (client) => printDrops(client, parametersOf(options, 'by'), options.output)),
  );

withSource(program.command('ledger'))
  .description('news of who speaks with whom: never seen before, gone silent, dropped for the first time')
  .option('--since <time>', 'what came since then, such as 24h or 2026-06-01T10:00:00Z (else 24h)')
  .option('--silent-for <duration>', 'without a flow for so long, an edge went silent (else 6h)')
  .addOption(outputOption(digestOutputs))
  .action((options: SourceOptions & { silentFor?: string; output: (typeof digestOutputs)[number] }) => {
    const parameters = { ...parametersOf(options), 'silent-for': options.silentFor };
    return withServer(options, (client) => printDigest(client, parameters, options.output));
  });

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

function outputOption(formats: readonly string[] = ['table', 'json']): Option {
  return new Option('-o, --output <format>', 'how to print it').choices(formats).default('table');
}

function asking(command: Command): Command {
  return filtering(command).addOption(outputOption());
}

/** A command that takes every filter, and a file instead of a store. */
function filtering(command: Command): Command {
  return filterOptions(windowed(command));
}

function onlyFlows(name: string): string {
  if (name === 'flows') return name;
  throw new InvalidArgumentError('Allowed choices are flows, agent-events, debug-events.');
}

function windowed(command: Command): Command {
  return withSource(command)
    .option('--input-file <file>', 'read this file instead; - is standard input')
    .option('--since <time>', 'oldest time, such as 1h, 7d or 2026-06-01T10:00:00Z')
    .option('--until <time>', 'newest time');
}

function readYear(value: string): string {
  if (!textDatingSchema.safeParse({ year: value }).success)
    throw new InvalidArgumentError('a year from 1970 to 2261 is needed.');
  return value;
}

/** What is asked of the API: the filter, the window, and a command's own words. */
function parametersOf(options: SourceOptions, ...own: string[]): Parameters {
  const given = options as Parameters;
  const named = ['since', 'until', ...own].map((name) => [name, given[name]]);
  return Object.fromEntries([...named, ...filterWords(options)]) as Parameters;
}

function mapParameters(options: SourceOptions & { maxNodes?: string; maxEdges?: string }): Parameters {
  const { maxNodes, maxEdges } = options;
  return {
    ...parametersOf(options, 'level', 'expand', 'collapse', 'fold'),
    'max-nodes': maxNodes,
    'max-edges': maxEdges,
  };
}

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

program.showHelpAfterError('(flowatlas --help tells more)');
for (const command of program.commands)
  command.showHelpAfterError(`(flowatlas ${command.name()} --help tells more)`);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  complain(`${paint.red('✗')} ${wordsOf(error).split('\n').map(safe).join('\n')}`);
  process.exitCode = exitCodeOf(error);
}
