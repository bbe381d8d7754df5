import { z } from 'zod';

export const keptSinceSchema = z
  .string()
  .nullable()
  .describe(
    'retention removed flows of the window: up to this time some or all are missing; null when it removed none',
  );

const spanShape = { from: z.string(), to: z.string() };

/** Which parts of a map are made of sums, as flows of them were removed. */
export const summedShape = {
  hours: z
    .object(spanShape)
    .nullable()
    .describe('this part is made of sums by hour, as flows of it were removed; null when there is none'),
  minutes: z
    .object({
      ...spanShape,
      missing: z
        .array(z.object(spanShape))
        .describe('of these, sums are damaged, or flows could not be read when they were removed'),
    })
    .nullable()
    .describe(
      'flows that were removed of this part, but for `hours`, are told by sums by minute; null when none are',
    ),
};

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
