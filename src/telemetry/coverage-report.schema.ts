import { z } from 'zod';
import { gapSchema } from '../sources/source-status.js';
import { keptSinceSchema, summedShape } from './coverage.schema.js';
import { damageSchema } from './damage.schema.js';

const flowsSchema = z.int().nullable().describe('null to a viewer of some namespaces');

const lossSchema = z.object({
  time: z.string().nullable(),
  source: z.string(),
  events: z.int(),
  from: z.string().nullable(),
});

const silenceSchema = z.object({
  from: z.string(),
  until: z.string().describe('when it was heard again'),
  minutes: z.int(),
});

const astraySchema = z
  .object({
    flows: flowsSchema,
    seconds: z.number().describe('of the farthest'),
    from: z.string().describe('oldest minute with such flows: its first flow'),
    until: z.string(),
  })
  .nullable();

const nodeCoverageSchema = z
  .object({
    node: z.string(),
    flows: z.int().describe('of the minutes that the window touches, in scope'),
    first: z.string().nullable(),
    last: z.string().nullable(),
    minutes: z.int().describe('minutes with flows'),
    silent: z
      .object({
        minutes: z.int(),
        intervals: z.array(silenceSchema).describe('the longest 100'),
        leftOut: z.int(),
      })
      .describe('whole minutes without a flow between its first and its last'),
    fellSilent: z.boolean().describe('no flow in the last minutes of the window, while others had some'),
    eventsLost: z.int(),
    lost: z.array(lossSchema).describe('the last 100'),
    lostLeftOut: z.int(),
    lostBySource: z.record(z.string(), z.int()).describe('by the queue that lost them, the largest 20'),
    statuses: z
      .array(z.object({ time: z.string().nullable(), state: z.string(), message: z.string() }))
      .describe('the last 20 things that Relay said of it'),
    statusesLeftOut: z.int(),
    ahead: astraySchema.describe('flows more than a second ahead of the clock of this server'),
    late: astraySchema.describe('flows that came after ones of the node more than 10 seconds newer'),
    masked: z
      .array(z.object({ field: z.string(), minutes: z.int() }))
      .describe('fields that none of the flows of so many minutes carried'),
  })
  .meta({ id: 'NodeCoverage' });

const explanationSchema = z.object({
  kind: z.string().describe('name of the field above; of losses `lost:SOURCE`'),
  words: z.string(),
  hint: z.string(),
});

export const coverageReportSchema = z
  .object({
    asked: z.object({ since: z.string().nullable(), until: z.string().nullable() }),
    from: z.string().nullable(),
    to: z.string().nullable(),
    keptSince: keptSinceSchema,
    ...summedShape,
    note: z.string(),
    damaged: damageSchema,
    gaps: z
      .array(gapSchema)
      .describe('followed logs that were rotated away before they were read, by the clock of the server'),
    nodes: z.array(nodeCoverageSchema),
    others: z
      .object({ flows: flowsSchema, eventsLost: z.int() })
      .nullable()
      .describe('nodes that were too many to tell apart, together'),
    statusesLeftOut: z.int().describe('of more than 1,000 in the window, the oldest'),
    explanations: z.array(explanationSchema).describe('of each kind of gap above'),
  })
  .meta({ id: 'CoverageReport' });

export type CoverageReport = z.infer<typeof coverageReportSchema>;
