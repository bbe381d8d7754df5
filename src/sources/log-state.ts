import { z } from 'zod';
import type { Checkpoint } from '../ingest/ingest-protocol.js';

const printSchema = z.object({ bytes: z.int().min(0), hash: z.string() });

/**
 * How far a log has been read. A log is what was written, not the file it lies in: renamed, copied or
 * compressed, it is known again by how it begins and by what stands before the place reached. A file that
 * agrees in both is not read again up to there; where there is any doubt it is, and what is already
 * stored is left out by the store.
 */
const logStateSchema = z.object({
  path: z.string().describe('where it was seen last'),
  inode: z.string().describe('device and inode'),
  head: printSchema.describe('of its first bytes'),
  tail: printSchema.describe('of the bytes before `offset`'),
  at: z.int().optional().describe('when it was noted; milliseconds'),
  offset: z.int().min(0).describe('behind the last whole line that is stored'),
  gone: z.boolean().optional().describe('its file was gone, and had been read to its end'),
  packed: z
    .object({ size: z.int(), modified: z.string() })
    .optional()
    .describe('of a compressed file, which is read once: what it was then; `offset` counts inflated bytes'),
});

export type LogState = z.infer<typeof logStateSchema>;

export function checkpointOf(id: string, state: LogState): Checkpoint {
  return { source: id, state: JSON.stringify(state) };
}

/** Undefined where it cannot be understood: the log is read again then. */
export function parseLogState(text: string): LogState | undefined {
  try {
    return logStateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
