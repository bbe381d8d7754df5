import { z } from 'zod';
import { newsKinds, type NewsKind } from '../domain/service-map/map-news.js';
import { coverageSchema, summedShape } from '../telemetry/coverage.schema.js';
import { levelSchema, mapEdgeSchema, mapNodeSchema, namedShape } from './service-map.schema.js';

const windowSchema = z
  .object({
    asked: z.object({ since: z.string().nullable(), until: z.string().nullable() }),
    from: z.string().nullable().describe('oldest flow of its map'),
    to: z.string().nullable(),
    minutes: z
      .number()
      .describe(
        'how long it is, as far as it lies between the oldest and the newest flow held: what rates are of',
      ),
    seq: z.int().describe('the last stored flow that its map includes'),
    summed: z.object(summedShape).describe('what its map is made of where flows were removed'),
    coverage: coverageSchema,
  })
  .meta({ id: 'DiffWindow' });

const noteSchema = z
  .object({
    window: z.enum(['a', 'b']),
    kind: z.enum([
      'nothing-held',
      'begins-before',
      'ends-after',
      'removed',
      'lost-events',
      'silent-nodes',
      'missing-nodes',
      'unread-logs',
      'damaged',
    ]),
    words: z.string(),
  })
  .meta({ id: 'DiffNote' });

const loneEdgeSchema = mapEdgeSchema
  .extend({
    faint: z
      .literal(true)
      .optional()
      .describe(
        'at the same rate the other window would have had fewer than three of its flows: it may be chance',
      ),
    turned: z
      .literal(true)
      .optional()
      .describe(
        'the other window has it the other way round, and who is the client is a guess in one of them',
      ),
  })
  .meta({ id: 'LoneEdge' });

const passage = z.enum(['allowed', 'partly', 'dropped', 'unknown']);
const shift = z.object({ a: z.number(), b: z.number() });
const scaled = shift.extend({ ratio: z.number().nullable().describe('b over a; null where a is 0') });
const reasons = z.record(z.string(), z.int());

const changesSchema = z
  .object({
    verdict: z.object({ a: passage, b: passage }).optional(),
    newReasons: reasons.optional().describe('drop reasons that a does not have, with the counts of b'),
    goneReasons: reasons.optional().describe('drop reasons that b does not have, with the counts of a'),
    dropShare: shift.optional().describe('dropped share of what is partly dropped in both, from 0 to 1'),
    volume: scaled.optional().describe('flows a minute, where the verdict is the same'),
    serverErrors: shift.optional().describe('share of HTTP answers of 500 and above'),
    clientErrors: shift.optional().describe('share of HTTP answers of 400 to 499'),
    latency: z
      .object({ p50: scaled, p95: scaled, p99: scaled })
      .partial()
      .optional()
      .describe('milliseconds, of the quantiles that shifted'),
    faint: z.literal(true).optional().describe('as of an edge: few flows tell of it'),
  })
  .meta({ id: 'EdgeChanges' });

const changedEdgeSchema = mapEdgeSchema
  .pick({ id: true, source: true, target: true, protocol: true, port: true })
  .extend({ changes: changesSchema, a: mapEdgeSchema, b: mapEdgeSchema })
  .meta({ id: 'ChangedEdge' });

const kinds = Object.keys(newsKinds) as NewsKind[];

export const mapDiffSchema = z
  .object({
    level: levelSchema,
    ...namedShape,
    a: windowSchema,
    b: windowSchema,
    notes: z
      .array(noteSchema)
      .describe('what was not recorded: an edge may only seem to be gone, or new, where a window has a note'),
    thresholds: z.object({
      noise: z.number(),
      volumeFactor: z.number(),
      sharePoints: z.number(),
      latencyFactor: z.number(),
      latencyMilliseconds: z.number(),
    }),
    news: z.record(z.enum(kinds), z.int()).describe('how many nodes or edges there are of each kind'),
    nodes: z.object({
      added: z.array(mapNodeSchema),
      removed: z.array(mapNodeSchema),
      others: z.array(mapNodeSchema).describe('the other ends of the edges told here'),
    }),
    edges: z.object({
      added: z.array(loneEdgeSchema),
      removed: z.array(loneEdgeSchema),
      changed: z.array(changedEdgeSchema),
      alike: z.int().describe('edges of both windows with nothing to tell'),
    }),
  })
  .meta({ id: 'MapDiff' });

export type DiffWindow = z.infer<typeof windowSchema>;
export type DiffNote = z.infer<typeof noteSchema>;
export type MapDiffResponse = z.infer<typeof mapDiffSchema>;
