import { z } from 'zod';
import { summedShape } from './coverage.schema.js';
import { damageSchema } from './damage.schema.js';
import { sourceStatusSchema } from '../sources/source-status.js';

export const statusSchema = z
  .object({
    version: z.string(),
    uptimeSeconds: z.number(),
    flows: z.int().describe('flows stored'),
    oldest: z.string().nullable(),
    newest: z.string().nullable(),
    bytesOnDisk: z.int(),
    flowsPerSecond: z.number().describe('stored over the last minute'),
    eventsLost: z.int().describe('events that Hubble itself reported as lost'),
    liveClients: z.int(),
    kept: z
      .object({
        since: z
          .string()
          .nullable()
          .describe(
            'time of the newest flow that retention removed: up to it, flows are missing; null is none',
          ),
        removedFlows: z.int().describe('ever, also before the start of the server'),
        removedEvents: z.int(),
        lastRemoval: z.string().nullable(),
        ...summedShape,
      })
      .describe('what retention removed'),
    damaged: damageSchema,
    sources: z.array(sourceStatusSchema).describe('what is followed, and the drop folder'),
    openUploads: z.int().describe('uploads under way'),
    redaction: z
      .object({
        rules: z.array(z.string()).describe('settings in force, without `FLOWATLAS_REDACT_`'),
        records: z
          .int()
          .describe('records of which something was taken out, as reports since the start tell'),
      })
      .nullable()
      .describe('null where nothing is redacted'),
  })
  .meta({ id: 'Status' });

export type Status = z.infer<typeof statusSchema>;
