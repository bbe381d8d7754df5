import { z } from 'zod';

const rejectionSchema = z
  .object({
    line: z.int().describe('first line of what was rejected, from 1'),
    reason: z.string(),
    file: z.string().optional().describe('name of the file inside a multipart body'),
  })
  .meta({ id: 'Rejection' });

export const ingestReportSchema = z
  .object({
    records: z.int().describe('records recognised, of every kind'),
    stored: z.int().describe('flows that are new'),
    duplicates: z.int().describe('flows already known, also within the body'),
    rejected: z.int().describe('lines or values that are no record'),
    lostEvents: z.int().describe('lost_events records'),
    otherEvents: z.record(z.string(), z.int()).describe('node_status, agent_event, debug_event records'),
    from: z.string().nullable().describe('time of the oldest flow in the body'),
    to: z.string().nullable().describe('time of the newest flow in the body'),
    errors: z.array(rejectionSchema).describe('at most 100'),
  })
  .meta({ id: 'IngestReport' });

export type Rejection = z.infer<typeof rejectionSchema>;
export type IngestReport = z.infer<typeof ingestReportSchema>;
