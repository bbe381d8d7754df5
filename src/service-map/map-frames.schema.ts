import { z } from 'zod';
import { coverageSchema, summedShape } from '../telemetry/coverage.schema.js';
import { levelSchema, mapEdgeSchema, mapNodeSchema, namedShape } from './service-map.schema.js';

const frameSchema = z
  .object({
    from: z.string(),
    until: z.string().describe('the last nanosecond of the frame; the next one begins behind it'),
    nodes: z.object({ upsert: z.array(mapNodeSchema), remove: z.array(z.string()) }),
    edges: z.object({ upsert: z.array(mapEdgeSchema), remove: z.array(z.string()) }),
    ...summedShape,
  })
  .meta({ id: 'MapFrame' });

export const mapFramesSchema = z
  .object({
    level: levelSchema,
    ...namedShape,
    step: z.number().describe('seconds of a frame'),
    count: z.int().describe('how many frames there are'),
    coverage: coverageSchema,
    frames: z
      .array(frameSchema)
      .describe('one behind the other; each is what differs from the one before, the first one is whole'),
  })
  .meta({ id: 'MapFrames' });

export type MapFramesResponse = z.infer<typeof mapFramesSchema>;
