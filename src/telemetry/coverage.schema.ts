import { z } from 'zod';

/** What an answer rests on: the window really held, and what is known to be missing from it. */
export const coverageSchema = z
  .object({
    from: z.string().nullable().describe('oldest flow held inside the window asked for'),
    to: z.string().nullable().describe('newest flow held inside the window asked for'),
    eventsLost: z.int().describe('events that Hubble itself reported as lost inside the window'),
    note: z.string().describe('how Hubble samples, in one sentence'),
  })
  .meta({ id: 'Coverage' });

export type Coverage = z.infer<typeof coverageSchema>;
