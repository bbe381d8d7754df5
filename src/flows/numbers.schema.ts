import { z } from 'zod';
import { latencySchema } from '../http/latency.schema.js';
import { coverageSchema } from '../telemetry/coverage.schema.js';

const count = z.int().describe('records that match');
const flows = z
  .int()
  .describe('flows that they stand for: more than the records only where the exporter aggregates');

const foldedSchema = z
  .object({
    groups: z.int().describe('how often a group was given up, the smallest first'),
    count: z.int(),
    flows: z.int(),
    atMost: z.int().describe('no count above is short by more'),
  })
  .nullable()
  .describe('records of groups that were too many to hold; null when none were');

const leftOutSchema = z
  .object({ groups: z.int(), count: z.int(), flows: z.int() })
  .describe('groups behind those that are told');

const value = z.string().nullable().describe('null where the record does not say');

export const countSchema = z.object({ count, flows, coverage: coverageSchema }).meta({ id: 'FlowCount' });

export const groupsSchema = z
  .object({
    by: z.array(z.string()),
    count,
    groups: z.array(
      z.object({
        values: z.record(z.string(), value),
        count,
        flows,
        firstSeen: z.string(),
        lastSeen: z.string(),
        rate: z.number().nullable().describe('flows a second of what is held of the window'),
        latency: latencySchema.nullable().describe('null where there are no answers of layer 7'),
      }),
    ),
    leftOut: leftOutSchema,
    folded: foldedSchema,
    latenciesLeftOut: z.int().describe('latencies that were not counted, as there was no room'),
    coverage: coverageSchema,
  })
  .meta({ id: 'FlowGroups' });

export const seriesSchema = z
  .object({
    by: z.string().nullable(),
    step: z.number().describe('seconds of a bucket'),
    times: z.array(z.string()).describe('beginnings of the buckets'),
    series: z.array(z.object({ value, total: z.int(), counts: z.array(z.int()) })),
    others: z
      .object({ values: z.int(), total: z.int(), counts: z.array(z.int()) })
      .describe('all other values together'),
    folded: foldedSchema,
    coverage: coverageSchema,
  })
  .meta({ id: 'FlowSeries' });

export const hintsSchema = z
  .object({
    field: z.string(),
    values: z.array(z.object({ value: z.string(), count, lastSeen: z.string() })),
    leftOut: z.int().describe('values behind these'),
    strange: z
      .int()
      .describe(
        'values left out because the filter of this name does not know them, such as verdicts of a newer Hubble; ~ in an expression finds them',
      ),
    folded: foldedSchema,
    coverage: coverageSchema,
  })
  .meta({ id: 'FlowHints' });

export type FlowCount = z.infer<typeof countSchema>;
export type FlowGroups = z.infer<typeof groupsSchema>;
export type FlowSeries = z.infer<typeof seriesSchema>;
export type FlowHints = z.infer<typeof hintsSchema>;
