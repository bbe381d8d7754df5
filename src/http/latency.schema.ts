import { z } from 'zod';

/** How long answers took. */
export const latencySchema = z
  .object({
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    measured: z.int().describe('answers of which it is known how long they took'),
    paired: z
      .int()
      .optional()
      .describe(
        'measured ones that Hubble did not time: found by their requests; absent where there are none',
      ),
    of: z.int().describe('answers of layer 7'),
  })
  .describe('milliseconds, at most 1 % off; null where none was measured')
  .meta({ id: 'Latency' });
