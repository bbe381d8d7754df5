import { resolve } from 'node:path';
import { z } from 'zod';
import { splitPatterns } from './sources/glob.js';

/** Every setting, from the environment or from flags of `flowatlas serve` with the same names. */
export interface Config {
  /** Where the server listens. Loopback unless told otherwise: there is no authentication yet. */
  listen: { host: string; port: number };
  /** Folder of the database, made when missing. */
  data: string;
  log: 'error' | 'warn' | 'log' | 'debug';
  /** Files, folders and globs that are read as they are written. */
  follow: string[];
  /** Where files begin that are there when their pattern is followed for the first time. */
  followFrom: 'start' | 'end';
  /** Files put there are stored and moved away. */
  dropFolder: string | undefined;
}

interface Setting {
  variable: string;
  flag: string;
  /** The default; empty is none. */
  value: string;
  describe: string;
  /** May be given more than once; in the environment with commas between. */
  isList?: true;
}

export const settings: readonly Setting[] = [
  {
    variable: 'FLOWATLAS_LISTEN',
    flag: 'listen',
    value: '127.0.0.1:8787',
    describe: 'address and port; port 0 takes a free one',
  },
  { variable: 'FLOWATLAS_DATA', flag: 'data', value: './data', describe: 'folder of the database' },
  {
    variable: 'FLOWATLAS_LOG',
    flag: 'log',
    value: 'warn',
    describe: 'least important message that is logged: error, warn, log or debug',
  },
  {
    variable: 'FLOWATLAS_FOLLOW',
    flag: 'follow',
    value: '',
    describe: 'file, folder or glob of logs to read as they are written; can be repeated',
    isList: true,
  },
  {
    variable: 'FLOWATLAS_FOLLOW_FROM',
    flag: 'follow-from',
    value: 'start',
    describe: 'start or end: what of the files that are there when something is followed for the first time',
  },
  {
    variable: 'FLOWATLAS_DROP_FOLDER',
    flag: 'drop-folder',
    value: '',
    describe: 'folder whose files are stored and then moved to done or failed inside of it',
  },
];

const listen = z.string().transform((text, context) => {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) {
    context.addIssue(`"${text}" is no address with a port, such as 127.0.0.1:8787 or [::1]:8787`);
    return z.NEVER;
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
});

const schema = z.object({
  listen,
  data: z
    .string()
    .min(1, 'names no folder')
    .transform((folder) => resolve(folder)),
  log: z.enum(['error', 'warn', 'log', 'debug']),
  follow: z
    .union([z.string().transform(splitPatterns), z.array(z.string().min(1, 'names no file'))])
    .transform((patterns) => [...new Set(patterns.map((pattern) => resolve(pattern)))]),
  followFrom: z.enum(['start', 'end']),
  dropFolder: z.string().transform((folder) => (folder === '' ? undefined : resolve(folder))),
});

/** What was given with flags, by the names that commander gives them. */
export type Flags = Readonly<Record<string, string | readonly string[] | undefined>>;

/** For servers that a command starts for itself: what the environment has to fetch is left to `serve`. */
export const withoutSources: Flags = { follow: [], dropFolder: '' };

/** Flags win over the environment, which wins over the defaults. Throws one error that lists every mistake. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags = {},
): Config {
  const values = settings.map(({ variable, flag, value }) => [
    nameOf(flag),
    flags[nameOf(flag)] ?? environment[variable] ?? value,
  ]);
  const mistakes = unknownVariables(environment);
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (!parsed.success) mistakes.push(...parsed.error.issues.map(describe));
  if (parsed.success && mistakes.length === 0) return parsed.data;
  throw new ConfigError(
    `the configuration has mistakes:\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
  );
}

/** `--follow-from` is followFrom in the program. */
function nameOf(flag: string): string {
  return flag.replace(/-[a-z]/g, (dashed) => dashed.slice(1).toUpperCase());
}

class ConfigError extends Error {}

function describe({ path, message }: z.core.$ZodIssue): string {
  const setting = settings.find(({ flag }) => nameOf(flag) === path[0]);
  return `${setting?.variable ?? path.join('.')} (--${setting?.flag ?? ''}): ${message}`;
}

/** What Kubernetes sets in every pod beside a Service that is named flowatlas. */
const OF_KUBERNETES = /^FLOWATLAS_(SERVICE|PORT)(_|$)/;

/** Read by the command line where it talks to a server. */
const OTHER_VARIABLES = ['FLOWATLAS_SERVER'];

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set([...settings.map(({ variable }) => variable), ...OTHER_VARIABLES]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('FLOWATLAS_') && !known.has(name) && !OF_KUBERNETES.test(name))
    .map((name) => `${name}: no such setting; there are ${[...known].join(', ')}`);
}
