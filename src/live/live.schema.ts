import { z } from 'zod';
import { oneOf } from '../query/parameters.js';
import { levels } from '../service-map/service-map.schema.js';

/** What clients may send; anything else is refused in the acknowledgement. */
export const subscribeSchema = z.strictObject({
  view: z.literal('edges'),
  level: oneOf(levels).default('workload'),
  filter: z.record(z.string(), z.unknown()).optional(),
  resume: z.object({ epoch: z.string(), seq: z.int().min(0) }).optional(),
});

export const unsubscribeSchema = z.object({ subscription: z.string() });
