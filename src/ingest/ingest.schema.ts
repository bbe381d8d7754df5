import { z } from 'zod';

const rejectionSchema = z
  .object({
    line: z.int().describe('first line of what was rejected, from 1'),
    reason: z.string(),
    file: z.string().optional().describe('name of the file inside a multipart body'),
  })
  .meta({ id: 'Rejection' });

const textReportSchema = z
  .object({
    records: z.int().describe('records read from text, counted in the others, too'),
    compact: z.int().describe('of them in the compact format'),
    dict: z.int().describe('of them in the dict format'),
    tab: z.int().describe('of them from tables'),
    assumed: z.array(z.string()).describe('what the text does not say and was assumed, in words'),
  })
  .meta({ id: 'TextReport' });

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
    redacted: z
      .int()
      .optional()
      .describe(
        'flows of which something was taken out before they were stored; only where this is configured',
      ),
    errors: z.array(rejectionSchema).describe('at most 100'),
    text: textReportSchema
      .optional()
      .describe('what was read from text that hubble observe printed; absent where nothing was'),
  })
  .meta({ id: 'IngestReport' });

/** Texts do not say in which year they were printed; one of these tells, and the year wins. */
export const textDatingSchema = z.strictObject({
  year: z.coerce
    .number()
    .int()
    .min(1970)
    .max(2261)
    .optional()
    .describe('the year of text lines that name none'),
  written: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('when the text was last written to: its lines are in the newest year that is not after it'),
});

export type TextDating = z.infer<typeof textDatingSchema>;
export type TextReport = z.infer<typeof textReportSchema>;
export type Rejection = z.infer<typeof rejectionSchema>;
export type IngestReport = z.infer<typeof ingestReportSchema>;
