import { z } from 'zod';
import { coverageSchema } from '../telemetry/coverage.schema.js';

export const eventsPageSchema = z
  .object({
    events: z
      .array(z.record(z.string(), z.unknown()))
      .describe('records in their envelopes, exactly as Hubble wrote them'),
    next: z.string().nullable().describe('cursor of the next page; null at the end'),
    damaged: z.int().optional().describe('events at these places that cannot be read any more'),
    coverage: coverageSchema,
  })
  .meta({ id: 'EventsPage' });
