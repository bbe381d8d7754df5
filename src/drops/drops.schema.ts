import { z } from 'zod';
import { FlowatlasError } from '../domain/errors.js';
import { listSchema, namesIn, wholeNumber, type List } from '../query/parameters.js';
import { coverageSchema } from '../telemetry/coverage.schema.js';

export const dropFields = [
  'reason',
  'source',
  'destination',
  'port',
  'direction',
  'namespace',
  'node',
  'policy',
] as const;

const dropGroupSchema = z
  .object({
    id: z.string(),
    source: z.string().optional().describe('node id of the client at workload level'),
    destination: z.string().optional(),
    port: z.int().nullable().optional(),
    protocol: z.string().optional(),
    reason: z.string().optional().describe("Hubble's name, or L7_DENIED for a request the proxy refused"),
    direction: z.string().optional(),
    namespace: z.string().optional(),
    node: z.string().optional(),
    policy: z.string().optional(),
    count: z.int(),
    firstSeen: z.string(),
    lastSeen: z.string(),
    explanation: z
      .object({ words: z.string(), nextStep: z.string(), harmless: z.boolean() })
      .describe('the most frequent reason of the group in plain words'),
    deniedBy: z.array(z.string()).describe('policies that Hubble named; a default deny names none'),
    example: z.record(z.string(), z.unknown()).nullable().describe('the record of the group that came last'),
  })
  .meta({ id: 'DropGroup' });

export const dropsSchema = z
  .object({
    by: z.array(z.enum(dropFields)),
    drops: z.int().describe('all drops of the window'),
    groups: z.array(dropGroupSchema).describe('most frequent first'),
    groupsLeftOut: z.int(),
    removed: z
      .object({ flows: z.int(), from: z.string(), to: z.string() })
      .nullable()
      .describe(
        'dropped flows of the window that are no longer held, of which only their drops are kept: these have no node, and no example where no later one is held; null with a filter, which only flows can answer',
      ),
    coverage: coverageSchema,
  })
  .meta({ id: 'Drops' });

export type DropField = (typeof dropFields)[number];

export const DEFAULT_GROUPS = 100;
export const MOST_GROUPS = 1_000;
const DEFAULT_BY: DropField[] = ['source', 'destination', 'port', 'reason', 'direction'];

/** How drops are grouped, by REST and live alike. */
export const grouping = {
  by: listSchema
    .optional()
    .describe(
      `comma-separated fields to group by: ${dropFields.join(', ')}; ${DEFAULT_BY.join(',')} unless said`,
    ),
  limit: wholeNumber(1, MOST_GROUPS).default(DEFAULT_GROUPS).describe('groups, most frequent first'),
};

export function readFields(list: List | undefined): DropField[] {
  if (list === undefined) return DEFAULT_BY;
  return namesIn(list).map((name) => {
    const field = dropFields.find((known) => known === name);
    if (field !== undefined) return field;
    throw new FlowatlasError('invalid_parameter', `by: "${name}" is none of ${dropFields.join(', ')}`, 'by');
  });
}

export type DropGroup = z.infer<typeof dropGroupSchema>;
export type Drops = z.infer<typeof dropsSchema>;
