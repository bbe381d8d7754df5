import { z } from 'zod';
import { FlowatlasError } from '../domain/errors.js';
import { EXPRESSION, readFilter } from '../domain/filter/expression/read-filter.js';
import type { Filter } from '../domain/filter/filter.js';
import { filterNames } from '../domain/filter/parse-filter.js';
import { parseTime, type Window } from '../domain/filter/window.js';

/** What every question to the flows has in common: which of them, and of when. */
export interface Question {
  filter: Filter;
  window: Window;
  /** The filter's words again, to tell equal questions apart from others. */
  words: ReadonlyMap<string, readonly string[]>;
  /** Aborted when whoever asked has gone. */
  signal?: AbortSignal;
}

/** A parameter that may be repeated; its values are alternatives. */
const repeatable = z.union([z.string(), z.array(z.string())]);

export type Parameters = Record<string, string | string[] | undefined>;

export const timeSchemas = {
  since: z
    .string()
    .optional()
    .describe('oldest time: a duration back from now (10m, 1h30m, 7d) or a time (2026-06-01T10:00:00Z)'),
  until: z.string().optional().describe('newest time, in the same forms'),
};

/** The parameters of an answer that is only about a window. */
export const windowSchema = z.strictObject(timeSchemas);
export type WindowQuery = z.infer<typeof windowSchema>;

export const expressionSchema = repeatable
  .optional()
  .describe('expression, such as: (verdict = DROPPED or http-status >= 500) and not from-pod ~ "^shop/"');

const filters = {
  ...Object.fromEntries(
    [...filterNames].map(([name, describe]) => [name, repeatable.optional().describe(describe)]),
  ),
  [EXPRESSION]: expressionSchema,
};

/** The query parameters of a question, beside the endpoint's own; any other parameter is refused. */
export function questionSchema<T extends z.ZodRawShape>(own: T) {
  return z.strictObject({ ...own, ...timeSchemas, ...filters });
}

/** The same where the call has windows of its own. */
export function filterSchema<T extends z.ZodRawShape>(own: T) {
  return z.strictObject({ ...own, ...filters });
}

/** `FROM/UNTIL`; an end left empty is open. */
export function readSpan(field: string, text: string, now: number): Window {
  const [since, until, ...more] = text.split('/');
  if (since === undefined || until === undefined || more.length > 0) {
    throw new FlowatlasError(
      'invalid_parameter',
      `${field}: "${text.slice(0, 80)}" is no window such as 2h/1h or 2026-06-01T10:00/2026-06-01T11:00`,
      field,
    );
  }
  const read = (time: string) => (time === '' ? undefined : parseTime(field, time, now));
  const window = { since: read(since), until: read(until) };
  if (window.since !== undefined && window.until !== undefined && window.since > window.until)
    throw new FlowatlasError('invalid_parameter', `${field}: begins later than it ends`, field);
  return window;
}

export function readQuestion(parameters: object, now: number): Question {
  const given = parameters as Parameters;
  const words = readFilterWords(given);
  return { filter: readFilter(words), window: readWindow(given, now), words };
}

export function readWindow(parameters: Parameters | WindowQuery, now: number): Window {
  const since = readTime('since', parameters, now);
  const until = readTime('until', parameters, now);
  if (since !== undefined && until !== undefined && since > until) {
    throw new FlowatlasError('invalid_parameter', 'since: is later than until', 'since');
  }
  return { since, until };
}

/** Only the names of filters; an endpoint's own parameters are left to it. */
function readFilterWords(parameters: Parameters): Map<string, readonly string[]> {
  return readWords(
    Object.fromEntries(Object.entries(parameters).filter(([name]) => Object.hasOwn(filters, name))),
  );
}

function readWords(parameters: Parameters): Map<string, readonly string[]> {
  const words = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) words.set(name, [value].flat());
  }
  return words;
}

function readTime(
  field: 'since' | 'until',
  parameters: Parameters | WindowQuery,
  now: number,
): bigint | undefined {
  const text = parameters[field];
  return typeof text === 'string' ? parseTime(field, text, now) : undefined;
}

const rawFilter = z.record(z.string(), z.unknown()).transform((filter) => JSON.stringify(filter));
const rawFilters = z.union([z.string(), rawFilter, z.array(z.union([z.string(), rawFilter]))]);
/** Raw filters may also come as the objects that they are. */
const socketFilterSchema = z
  .object({ allowlist: rawFilters.optional(), denylist: rawFilters.optional() })
  .catchall(repeatable);

/** The same names inside a live subscription; a window makes no sense there. */
export function readLiveFilter(value: unknown): Pick<Question, 'filter' | 'words'> {
  const parsed = socketFilterSchema.safeParse(value ?? {});
  if (!parsed.success) {
    throw new FlowatlasError(
      'invalid_filter',
      'filter: an object of names with a text or a list of texts',
      'filter',
    );
  }
  const words = readWords(parsed.data);
  return { filter: readFilter(words), words };
}
