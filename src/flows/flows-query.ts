import { z } from 'zod';
import { FlowatlasError } from '../domain/errors.js';
import { checked } from '../http/checked.js';
import { oneOf, wholeNumber } from '../query/parameters.js';
import { narrowed } from '../domain/filter/expression/read-filter.js';
import { filterOfRaw } from '../domain/filter/parse-filter.js';
import { fieldMask } from '../domain/flow/field-mask.js';
import { recogniseRecord } from '../domain/flow/record.js';
import {
  expressionSchema,
  questionSchema,
  readQuestion,
  readWindow,
  timeSchemas,
  type Question,
} from '../query/question.js';
import { parseCursor, type Cursor } from './cursor.js';
import type { Selection } from './selection.js';

const DEFAULT_LIMIT = 100;
const HIGHEST_LIMIT = 10_000;
/** As many as Hubble takes of a file. */
const MOST_SELECTED = 1_000_000;

const selecting = {
  limit: wholeNumber(1)
    .optional()
    .describe(
      `flows of a page: ${DEFAULT_LIMIT} unless said, at most ${HIGHEST_LIMIT}; streams have no limit`,
    ),
  first: wholeNumber(1, MOST_SELECTED).optional().describe('only so many of the oldest that match'),
  last: wholeNumber(1, MOST_SELECTED).optional().describe('only so many of the newest that match'),
  order: oneOf(['asc', 'desc'])
    .optional()
    .describe('desc, newest first, unless said; asc with `first` and `follow`'),
  cursor: z.string().optional().describe('`next` or `previous` of another page'),
};

export const flowsQuery = questionSchema({
  ...selecting,
  follow: oneOf(['true', 'false'])
    .default('false')
    .describe('only as NDJSON: what comes is sent as soon as it is stored, until one side ends it'),
});
type FlowsQuery = z.infer<typeof flowsQuery>;

const flowFilters = z.array(z.unknown()).default([]);

/** The question of Hubble's GetFlowsRequest, in its own names. */
export const flowsBody = z.strictObject({
  whitelist: flowFilters.describe("FlowFilters in Hubble's JSON; what matches one of them passes"),
  blacklist: flowFilters.describe("FlowFilters in Hubble's JSON; what matches one of them is left out"),
  q: expressionSchema,
  ...timeSchemas,
  ...selecting,
  field_mask: z
    .array(z.string())
    .max(500)
    .optional()
    .describe('the fields of flows that are given, by proto path such as source.pod_name; else all'),
});

/** How an answer is given: a page of JSON, or a stream. */
export type Form = 'page' | 'ndjson' | 'csv';

export interface Asked {
  selection: Selection;
  limit: number | undefined;
  at: Cursor | undefined;
  follow: boolean;
  /** What is given of a record; all of it unless said. */
  mask?: (record: string) => string;
}

export function formOf(accept = ''): Form {
  if (accept.includes('application/x-ndjson')) return 'ndjson';
  return accept.includes('text/csv') ? 'csv' : 'page';
}

/** `lastSeq` is the number of the newest flow: what arrives later is not part of the answer. */
export function readAsked(query: FlowsQuery, form: Form, now: number, lastSeq: number): Asked {
  return select(query, readQuestion(query, now), form, lastSeq);
}

export function readAskedBody(body: unknown, form: Form, now: number, lastSeq: number): Asked {
  const { whitelist, blacklist, q, field_mask: paths, ...query } = checked(flowsBody, body);
  const filter = narrowed(filterOfRaw(whitelist, blacklist), [q ?? []].flat());
  const question = { filter, window: readWindow(query, now) };
  const asked = select({ ...query, follow: 'false' }, question, form, lastSeq);
  return paths === undefined ? asked : { ...asked, mask: maskOf(paths) };
}

/** Masks the flow; what stands beside it in its envelope stays. */
function maskOf(paths: readonly string[]): (record: string) => string {
  const mask = fieldMask(paths);
  return (text) => {
    const record = recogniseRecord(JSON.parse(text));
    if (record?.kind !== 'flow') return text;
    const { flow, envelope } = record;
    return JSON.stringify('flow' in envelope ? { ...envelope, flow: mask(flow) } : mask(flow));
  };
}

function select(
  query: FlowsQuery,
  { filter, window }: Pick<Question, 'filter' | 'window'>,
  form: Form,
  lastSeq: number,
): Asked {
  const { first, last, cursor } = query;
  const follow = query.follow === 'true';
  if (first !== undefined && last !== undefined) refuse('last', 'cannot go with first, as in Hubble');
  if (follow) refuseFollow(query, form);
  const at = cursor === undefined ? undefined : parseCursor(cursor);
  if (at?.back === true && form !== 'page') refuse('cursor', 'the way back is for pages, not for streams');
  const only = onlyOf(first, last);
  return {
    selection: {
      filter,
      // Hubble ignores `until` of what is followed.
      window: at?.window ?? (follow ? { ...window, until: undefined } : window),
      order: query.order ?? (follow || first !== undefined ? 'asc' : 'desc'),
      only,
      upTo: at?.upTo ?? lastSeq,
    },
    limit: form === 'page' ? pageLimit(query.limit, only) : query.limit,
    at,
    follow,
  };
}

function onlyOf(first: number | undefined, last: number | undefined): Selection['only'] {
  if (first !== undefined) return { flows: first, from: 'oldest' };
  return last === undefined ? undefined : { flows: last, from: 'newest' };
}

function pageLimit(limit: number | undefined, only: Selection['only']): number {
  const asked = limit ?? Math.min(only?.flows ?? DEFAULT_LIMIT, HIGHEST_LIMIT);
  if (asked <= HIGHEST_LIMIT) return asked;
  return refuse(
    'limit',
    `at most ${HIGHEST_LIMIT} flows a page; for all of them ask with Accept: application/x-ndjson`,
  );
}

function refuseFollow({ first, order, cursor }: FlowsQuery, form: Form): void {
  if (form !== 'ndjson') refuse('follow', 'ask with Accept: application/x-ndjson');
  if (first !== undefined) refuse('follow', 'cannot go with first, as in Hubble');
  if (order === 'desc') refuse('order', 'what is followed comes oldest first');
  if (cursor !== undefined) refuse('cursor', 'cannot go with follow');
}

function refuse(field: string, reason: string): never {
  throw new FlowatlasError('invalid_parameter', `${field}: ${reason}`, field);
}
