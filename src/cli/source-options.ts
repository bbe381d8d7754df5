import { Option, type Command } from 'commander';
import { readConfig } from '../config.js';

/** Where a command finds its flows. */
export interface SourceOptions {
  /** A running server. */
  server?: string;
  /** A data folder that no server holds. */
  data?: string;
  /** A file, or - for standard input. */
  inputFile?: string;
}

export function sourceOptions(command: Command): Command {
  return command
    .option('--server <url>', 'ask this server (FLOWATLAS_SERVER, else the one on 127.0.0.1:8787 if it runs)')
    .option('--data <folder>', 'use this data folder; no server may hold it (FLOWATLAS_DATA, else ./data)');
}

/** For who asks of a time: of a file, too, instead of a store. */
export function windowOptions(command: Command): Command {
  return sourceOptions(command)
    .option('--input-file <file>', 'read this file instead; - is standard input')
    .option('--since <time>', 'oldest time, such as 1h, 7d or 2026-06-01T10:00:00Z')
    .option('--until <time>', 'newest time');
}

export interface DataOptions {
  data?: string;
}

/** For who works on the folder itself. */
export function dataOption(): Option {
  return new Option('--data <folder>', 'the data folder (FLOWATLAS_DATA, else ./data)');
}

/** Where a folder is written over: it has to be named there and then, so that none is by accident. */
export function requiredDataOption(): Option {
  return new Option(
    '--data <folder>',
    'the data folder; has to be said, and is not taken from FLOWATLAS_DATA',
  ).makeOptionMandatory();
}

export function folderOf({ data }: DataOptions): string {
  return readConfig(process.env, data === undefined ? {} : { data }).data;
}

export function outputOption(formats: readonly string[] = ['table', 'json']): Option {
  return new Option('-o, --output <format>', 'how to print it').choices(formats).default('table');
}
