import { resolve } from 'node:path';
import { z } from 'zod';
import { readBytes, readDuration } from './config/quantity.js';
import { settings } from './config/settings.js';
import { FlowatlasError } from './domain/errors.js';
import { readNames, readPattern, type RedactionSettings } from './domain/redaction/settings.js';
import { PinnedRoutes } from './domain/service-map/pinned-routes.js';
import type { DigestSettings } from './ledger/digest-settings.js';
import type { UploadLimits } from './ingest/upload-limits.js';
import { splitPatterns } from './sources/glob.js';

/** Every setting, from the environment or from flags of `flowatlas serve` with the same names. */
export interface Config {
  /** Where the server listens. Loopback unless told otherwise: there is no authentication yet. */
  listen: { host: string; port: number };
  /** Whose pages may store and watch beside the server's own, each as browsers write it. */
  origins: string[];
  /** Folder of the database, made when missing. */
  data: string;
  log: 'error' | 'warn' | 'log' | 'debug';
  /** Files, folders and globs that are read as they are written. */
  follow: string[];
  /** Where files begin that are there when their pattern is followed for the first time. */
  followFrom: 'start' | 'end';
  /** Files put there are stored and moved away. */
  dropFolder: string | undefined;
  /** What is taken out of L7 messages before they are stored. */
  redact: RedactionSettings;
  /** What one sender may ask of the server. */
  upload: UploadLimits;
  /** Milliseconds: flows that are older are removed. */
  keepFor: number | undefined;
  /** Milliseconds for drops and for sums by hour; undefined is as long as flows. */
  keepDropsFor: number | undefined;
  keepSumsFor: number | undefined;
  /** Milliseconds for sums by minute of flows that were removed; undefined is none. */
  keepMinutesFor: number | undefined;
  /** The oldest flows are removed when the database is larger. */
  keepBytes: number | undefined;
  digest: DigestSettings;
  /** Templates of routes that are not left to be learned. */
  routes: string[];
}

const listen = z.string().transform((text, context) => {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) {
    context.addIssue(`"${text}" is no address with a port, such as 127.0.0.1:8787 or [::1]:8787`);
    return z.NEVER;
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
});

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Nothing but its host and port: a path would be taken for a limit that there is not.
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  context.addIssue(`"${text}" is no origin such as https://flows.example.com or http://localhost:3000`);
  return z.NEVER;
});

const yesOrNo = z.enum(['true', 'false'], 'has to be true or false').transform((text) => text === 'true');

/** A text that `read` understands; it throws what is wrong. */
function readable(read: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    reportFailure(() => read(text), context);
  });
}

function reportFailure(read: () => unknown, context: z.RefinementCtx): void {
  try {
    read();
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
  }
}

const names = readable(readNames);

const atLeastOne = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'has to be a whole number from 1 on')
  .transform(Number);

interface Quantity {
  read: (text: string) => number | undefined;
  words: string;
}

const duration: Quantity = { read: readDuration, words: 'duration above 0, such as 15m, 36h or 7d' };
const size: Quantity = { read: readBytes, words: 'size, such as 500MB or 20GiB' };

interface Range {
  least?: string;
  most?: string;
}

/** Less, and the log of the database and what flows repeat would leave hardly any room for flows. */
const KEEPABLE: Range = { least: '8MiB' };
/** Timers cannot wait for longer. */
const WAITABLE: Range = { most: '24d' };

function quantity(kind: Quantity, range: Range = {}) {
  return z.string().transform((text, context) => inRange(kind, range, text, context));
}

function quantityOrNone(kind: Quantity, range: Range = {}) {
  return z
    .string()
    .transform((text, context) => (text === '' ? undefined : inRange(kind, range, text, context)));
}

function inRange(
  { read, words }: Quantity,
  { least = '', most = '' }: Range,
  text: string,
  context: z.RefinementCtx,
): number {
  const value = read(text);
  if (value === undefined) context.addIssue(`"${text}" is no ${words}`);
  else if (value < (read(least) ?? 0)) context.addIssue(`"${text}" is less than the least, ${least}`);
  else if (value > (read(most) ?? Infinity)) context.addIssue(`"${text}" is more than the most, ${most}`);
  else return value;
  return z.NEVER;
}

/** A digest a minute is a stream, and a timer holds 24 days. */
const OFTEN = { least: '1m', most: '24d' };

const webhook = z.string().transform((text, context) => {
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url.href;
  context.addIssue('is no URL such as https://hooks.example.com/services/…');
  return z.NEVER;
});

const routes = z
  .union([z.string().transform(splitPatterns), z.array(z.string())])
  .superRefine((templates, context) => {
    reportFailure(() => PinnedRoutes.of(templates), context);
  });

const flatSchema = z.object({
  listen,
  origin: z.union([z.string().transform(splitPatterns), z.array(z.string())]).pipe(z.array(origin)),
  data: z
    .string()
    .min(1, 'names no folder')
    .transform((folder) => resolve(folder)),
  log: z.enum(['error', 'warn', 'log', 'debug'], 'has to be error, warn, log or debug'),
  follow: z
    .union([z.string().transform(splitPatterns), z.array(z.string().min(1, 'names no file'))])
    .transform((patterns) => [...new Set(patterns.map((pattern) => resolve(pattern)))]),
  followFrom: z.enum(['start', 'end'], 'has to be start or end'),
  dropFolder: z.string().transform((folder) => (folder === '' ? undefined : resolve(folder))),
  redactHttpUrlquery: yesOrNo,
  redactHttpUrlparams: names,
  redactHttpUserinfo: yesOrNo,
  redactHttpHeadersAllow: names,
  redactHttpHeadersDeny: names,
  redactKafkaApikey: yesOrNo,
  redactPattern: readable(readPattern),
  uploadMaxOpen: atLeastOne,
  uploadIdle: quantity(duration, WAITABLE),
  uploadMaxDecoded: quantity(size),
  uploadMaxRatio: atLeastOne,
  keepFor: quantityOrNone(duration),
  keepDropsFor: quantityOrNone(duration),
  keepSumsFor: quantityOrNone(duration),
  keepMinutesFor: quantityOrNone(duration),
  keepBytes: quantityOrNone(size, KEEPABLE),
  digestWebhook: webhook,
  digestEvery: quantity(duration, OFTEN),
  route: routes,
});

function toConfig(flat: z.output<typeof flatSchema>): Config {
  const { listen, origin: origins, data, log, follow, followFrom, dropFolder } = flat;
  const { keepFor, keepDropsFor, keepSumsFor, keepMinutesFor, keepBytes } = flat;
  return {
    listen,
    origins,
    data,
    log,
    follow,
    followFrom,
    dropFolder,
    keepFor,
    keepDropsFor,
    keepSumsFor,
    keepMinutesFor,
    keepBytes,
    routes: flat.route,
    digest: { webhook: flat.digestWebhook, every: flat.digestEvery },
    redact: {
      urlQuery: flat.redactHttpUrlquery,
      urlParameters: flat.redactHttpUrlparams,
      userInfo: flat.redactHttpUserinfo,
      headersAllow: flat.redactHttpHeadersAllow,
      headersDeny: flat.redactHttpHeadersDeny,
      kafkaApiKey: flat.redactKafkaApikey,
      pattern: flat.redactPattern,
    },
    upload: {
      mostOpen: flat.uploadMaxOpen,
      idleSeconds: flat.uploadIdle / 1_000,
      mostDecodedBytes: flat.uploadMaxDecoded,
      mostRatio: flat.uploadMaxRatio,
    },
  };
}

/** What was given with flags, by the names that commander gives them. */
export type Flags = Readonly<Record<string, string | readonly string[] | undefined>>;

/** For servers that a command starts for itself: what the environment has to fetch or remove is left to `serve`. */
export const withoutSources: Flags = {
  follow: [],
  dropFolder: '',
  keepFor: '',
  keepDropsFor: '',
  keepSumsFor: '',
  keepMinutesFor: '',
  keepBytes: '',
  digestWebhook: '',
};

/** Flags win over the environment, which wins over the defaults. Throws one error that lists every mistake. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags = {},
): Config {
  const values = Object.fromEntries(
    settings.map(({ variable, flag, value }) => [
      nameOf(flag),
      flags[nameOf(flag)] ?? environment[variable] ?? value,
    ]),
  );
  const mistakes = [...unknownVariables(environment), ...contradictions(values)];
  const parsed = flatSchema.safeParse(values);
  if (!parsed.success) mistakes.push(...parsed.error.issues.map(describe));
  else mistakes.push(...keptForLess(parsed.data));
  if (parsed.success && mistakes.length === 0) return toConfig(parsed.data);
  throw new FlowatlasError(
    'invalid_parameter',
    `the configuration has mistakes:\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
  );
}

/** As in Hubble: of all headers but some and only of some is not both to be had. */
function contradictions(values: Flags): string[] {
  const [allow, deny] = ['redact-http-headers-allow', 'redact-http-headers-deny'] as const;
  if (values[nameOf(allow)] === '' || values[nameOf(deny)] === '') return [];
  const mistake = `cannot stand beside ${spellingOf(nameOf(deny))}; name the headers that stay or those that go`;
  return [`${spellingOf(nameOf(allow))}: ${mistake}`];
}

/** Sums and drops outlive flows, or go with them: an answer never rests on flows whose sums are gone. */
function keptForLess(flat: z.output<typeof flatSchema>): string[] {
  const mistakes: string[] = [];
  for (const name of ['keepDropsFor', 'keepSumsFor', 'keepMinutesFor'] as const) {
    const [kept, flows] = [flat[name], flat.keepFor];
    if (kept === undefined) continue;
    if (flows === undefined)
      mistakes.push(`${spellingOf(name)}: needs ${spellingOf('keepFor')}, without which all is kept`);
    else if (kept < flows) mistakes.push(`${spellingOf(name)}: is less than ${spellingOf('keepFor')}`);
  }
  return mistakes;
}

function describe({ path, message }: z.core.$ZodIssue): string {
  return `${spellingOf(path[0])}: ${message}`;
}

/** `--follow-from` is followFrom in the program. */
function nameOf(flag: string): string {
  return flag.replace(/-[a-z]/g, (dashed) => dashed.slice(1).toUpperCase());
}

/** How people write the setting of that name. */
function spellingOf(name: PropertyKey | undefined): string {
  const setting = settings.find(({ flag }) => nameOf(flag) === name);
  return `${setting?.variable ?? String(name)} (--${setting?.flag ?? ''})`;
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
