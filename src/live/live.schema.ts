import { z } from 'zod';
import { DEFAULT_GROUPS, grouping, MOST_GROUPS } from '../drops/drops.schema.js';
import { MOST_RECORDS } from '../feed/flow-tail.js';
import { oneOf } from '../query/parameters.js';
import { grainShape } from '../service-map/grain-query.js';
import { levels } from '../service-map/service-map.schema.js';

const common = {
  filter: z.record(z.string(), z.unknown()).optional(),
  resume: z.object({ epoch: z.string(), seq: z.int().min(0) }).optional(),
};

/** What clients may send; anything else is refused in the acknowledgement. */
export const subscribeSchema = z.discriminatedUnion(
  'view',
  [
    z.strictObject({
      view: z.literal('edges'),
      level: oneOf(levels).default('workload'),
      expand: grainShape.expand,
      collapse: grainShape.collapse,
      ...common,
    }),
    z.strictObject({
      view: z.literal('flows'),
      last: z.int().min(0).max(MOST_RECORDS, `is at most ${MOST_RECORDS}`).default(0),
      ...common,
    }),
    z.strictObject({
      view: z.literal('drops'),
      by: grouping.by,
      limit: z.int().min(1).max(MOST_GROUPS).default(DEFAULT_GROUPS),
      ...common,
    }),
  ],
  { error: ({ path }) => (path?.[0] === 'view' ? 'is none of edges, flows, drops' : undefined) },
);
export type Subscribe = z.infer<typeof subscribeSchema>;

export const subscriptionSchema = z.object({
  subscription: z.string({ error: 'the id that subscribe gave' }),
});
