import { z } from 'zod';
import { FlowatlasError } from '../domain/errors.js';
import { Refusal, shown } from '../domain/filter/criterion.js';
import { nodePatterns } from '../domain/filter/node.js';
import type { EventKind } from '../domain/flow/record.js';
import { oneOf, wholeNumber } from '../query/parameters.js';
import { readWindow, timeSchemas } from '../query/question.js';
import type { EventQuery } from '../store/queries.js';
import { parseCursor } from './cursor.js';

const DEFAULT_LIMIT = 100;
const HIGHEST_LIMIT = 10_000;
/** As many as of flows. */
const MOST_SELECTED = 1_000_000;

const kinds: readonly [EventKind, ...EventKind[]] = [
  'agent_event',
  'debug_event',
  'lost_events',
  'node_status',
];
const kind = z.enum(kinds);
const isKind = (value: unknown) => kind.safeParse(value).success;

export const eventsQuery = z.strictObject({
  kind: z
    .union([kind, z.array(kind)], {
      error: ({ input }) =>
        `${shown([input].flat().find((value) => !isKind(value)))} is none of ${kinds.join(', ')}`,
    })
    .optional()
    .describe('only events of this kind; may be repeated'),
  'node-name': z
    .union([z.string(), z.array(z.string()).max(100)])
    .optional()
    .describe('only of nodes of this name, with the patterns of the filter; may be repeated'),
  ...timeSchemas,
  limit: wholeNumber(1)
    .optional()
    .describe(
      `events of a page: ${DEFAULT_LIMIT} unless said, at most ${HIGHEST_LIMIT}; streams have no limit`,
    ),
  last: wholeNumber(1, MOST_SELECTED)
    .optional()
    .describe('only as NDJSON: only so many of the newest that match, oldest first'),
  order: oneOf(['asc', 'desc'])
    .optional()
    .describe('desc, newest first, unless said; asc with `last` and `follow`'),
  cursor: z.string().optional().describe('`next` of another page'),
  follow: oneOf(['true', 'false'])
    .default('false')
    .describe('only as NDJSON: what comes is sent as soon as it is stored, until one side ends it'),
});
type EventsQuery = z.infer<typeof eventsQuery>;

/** What is asked of the store, and what is left to do with its answer. */
export interface Asked extends EventQuery {
  order: 'asc' | 'desc';
  upTo: number;
  isWanted: (event: { node: string }) => boolean;
  limit: number | undefined;
  last: number | undefined;
  follow: boolean;
}

/** `lastEvent` is the number of the newest event: what arrives later is not part of the answer. */
export function readAsked(query: EventsQuery, isStream: boolean, now: number, lastEvent: number): Asked {
  const { limit, last, cursor } = query;
  const follow = query.follow === 'true';
  refuseForm(query, isStream);
  const at = cursor === undefined ? undefined : parseCursor(cursor);
  const window = readWindow(query, now);
  return {
    kinds: query.kind === undefined ? kinds : [...new Set([query.kind].flat())],
    isWanted: readNodes(query['node-name']),
    // Hubble ignores `until` of what is followed.
    window: at?.window ?? (follow ? { ...window, until: undefined } : window),
    order: query.order ?? (follow || last !== undefined ? 'asc' : 'desc'),
    after: at?.after,
    upTo: at?.upTo ?? lastEvent,
    limit: isStream ? limit : pageLimit(limit),
    last,
    follow,
  };
}

function refuseForm({ follow, last, order, cursor }: EventsQuery, isStream: boolean): void {
  const named = follow === 'true' ? 'follow' : last === undefined ? undefined : 'last';
  if (named === undefined) return;
  if (!isStream) refuse(named, 'ask with Accept: application/x-ndjson');
  if (order === 'desc') refuse('order', `with ${named} they come oldest first`);
  if (cursor !== undefined) refuse('cursor', `cannot go with ${named}`);
}

function pageLimit(limit = DEFAULT_LIMIT): number {
  if (limit <= HIGHEST_LIMIT) return limit;
  return refuse(
    'limit',
    `at most ${HIGHEST_LIMIT} events a page; for all of them ask with Accept: application/x-ndjson`,
  );
}

function readNodes(names: string | string[] | undefined): Asked['isWanted'] {
  if (names === undefined) return () => true;
  try {
    return nodePatterns([names].flat());
  } catch (error) {
    if (error instanceof Refusal) return refuse('node-name', error.message);
    throw error;
  }
}

function refuse(field: string, reason: string): never {
  throw new FlowatlasError('invalid_parameter', `${field}: ${reason}`, field);
}
