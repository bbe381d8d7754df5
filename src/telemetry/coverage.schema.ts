import { z } from 'zod';

export const keptSinceSchema = z
  .string()
  .nullable()
  .describe(
    'retention removed flows of the window: up to this time some or all are missing; null when it removed none',
  );

/** What an answer rests on: the window really held, and what is known to be missing from it. */
export const coverageSchema = z
  .object({
    from: z.string().nullable().describe('oldest flow held inside the window asked for'),
    to: z.string().nullable().describe('newest flow held inside the window asked for'),
    keptSince: keptSinceSchema,
    eventsLost: z.int().describe('events that Hubble itself reported as lost inside the window'),
    silentNodes: z
      .array(z.object({ node: z.string(), lastHeard: z.string() }))
      .describe(
        'nodes that told of nothing any more up to the end of the window while others did, of those heard in it or in the hour before',
      ),
    silentNodesLeftOut: z.int(),
    note: z.string().describe('how Hubble samples, in one sentence'),
  })
  .meta({ id: 'Coverage' });

export type Coverage = z.infer<typeof coverageSchema>;
