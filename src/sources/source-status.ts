import { z } from 'zod';

export const gapSchema = z
  .object({
    path: z.string().describe('the log'),
    from: z.string().describe('when what was followed under this path was last there'),
    to: z.string().describe('when it was gone, with backups in its place that nobody had seen'),
  })
  .meta({ id: 'Gap' });

export const sourceStatusSchema = z
  .object({
    kind: z.enum(['follow', 'drop-folder']),
    path: z.string().describe('pattern or folder, as it was set'),
    files: z.int().describe('files that are followed, or that wait in the drop folder'),
    bytesRead: z.int().describe('since the start of the server; of compressed files, inflated'),
    bytesBehind: z.int().describe('in files, not yet stored; a last line that waits for its end counts'),
    records: z.int().describe('records recognised since the start of the server'),
    stored: z.int().describe('of these, flows that were new'),
    rejected: z.int().describe('lines that are no record'),
    cuts: z.int().describe('how often a followed file was cut off or written anew in its place'),
    gaps: z.int().describe('how often logs were rotated away before they were read'),
    lastRecord: z.string().nullable().describe('time of the newest flow read'),
    lastError: z.object({ at: z.string(), message: z.string() }).nullable(),
    open: z
      .array(z.object({ path: z.string(), bytesRead: z.int(), bytesBehind: z.int() }))
      .describe('files that are being read; at most 20'),
  })
  .meta({ id: 'Source' });

export type SourceStatus = z.infer<typeof sourceStatusSchema>;
