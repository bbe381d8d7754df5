import { z } from 'zod';

/** How long answers took. */
export const latencySchema = z
  .object({
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    measured: z.int().describe('answers of which Hubble told how long they took'),
    of: z.int().describe('answers of layer 7'),
  })
  .describe('milliseconds, at most 1 % off; null where none was measured')
  .meta({ id: 'Latency' });
