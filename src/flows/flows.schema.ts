import { z } from 'zod';
import { coverageSchema } from '../telemetry/coverage.schema.js';

/** A record exactly as Hubble wrote it: bare or in its envelope, unknown fields included. */
const recordSchema = z.record(z.string(), z.unknown());

const placedSchema = z.array(z.object({ index: z.int(), time: z.string() })).optional();

export const flowsPageSchema = z
  .object({
    flows: z.array(recordSchema),
    next: z.string().nullable().describe('cursor of the next page; null at the end'),
    previous: z.string().nullable().describe('cursor of the page before; null at the beginning'),
    placedAtArrival: placedSchema.describe(
      'flows of this page without any time of their own, and when they arrived',
    ),
    coverage: coverageSchema,
  })
  .meta({ id: 'FlowsPage' });

export const flowDetailSchema = z
  .object({
    flow: recordSchema,
    neighbours: z.array(recordSchema).describe('other records of the same connection, oldest first'),
    placedAtArrival: placedSchema.describe(
      'those without any time of their own, and when they arrived: 0 is the flow, 1 the first neighbour',
    ),
  })
  .meta({ id: 'FlowDetail' });

export type FlowRecord = z.infer<typeof recordSchema>;
export type FlowsPage = z.infer<typeof flowsPageSchema>;
