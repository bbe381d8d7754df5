import { z } from 'zod';

const damagedSchema = z
  .object({
    firstSeq: z.int().describe('number of its first flow, in order of arrival'),
    lastSeq: z.int(),
    oldest: z.string(),
    newest: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'DamagedRange' });

export const damageSchema = z
  .array(damagedSchema)
  .describe('blocks found damaged since the start: what of them cannot be read is missing in answers');

export type Damage = z.infer<typeof damageSchema>;
