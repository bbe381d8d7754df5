import { z } from 'zod';
import { FlowatlasError } from '../domain/errors.js';
import { oneOf, wholeNumber } from '../query/parameters.js';
import { questionSchema, readQuestion } from '../query/question.js';
import { parseCursor, type Cursor } from './cursor.js';
import type { Selection } from './selection.js';

const DEFAULT_LIMIT = 100;
const HIGHEST_LIMIT = 10_000;
/** As many as Hubble takes of a file. */
const MOST_SELECTED = 1_000_000;

export const flowsQuery = questionSchema({
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
  follow: oneOf(['true', 'false'])
    .default('false')
    .describe('only as NDJSON: what comes is sent as soon as it is stored, until one side ends it'),
});
type FlowsQuery = z.infer<typeof flowsQuery>;

/** How an answer is given: a page of JSON, or a stream. */
export type Form = 'page' | 'ndjson' | 'csv';

export interface Asked {
  selection: Selection;
  limit: number | undefined;
  at: Cursor | undefined;
  follow: boolean;
}

export function formOf(accept = ''): Form {
  if (accept.includes('application/x-ndjson')) return 'ndjson';
  return accept.includes('text/csv') ? 'csv' : 'page';
}

/** `lastSeq` is the number of the newest flow: what arrives later is not part of the answer. */
export function readAsked(query: FlowsQuery, form: Form, now: number, lastSeq: number): Asked {
  const { first, last, cursor } = query;
  const follow = query.follow === 'true';
  const { filter, window } = readQuestion(query, now);
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
