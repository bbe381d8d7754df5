import { z } from 'zod';
import { coverageSchema } from '../telemetry/coverage.schema.js';

const time = z.string().describe('RFC 3339');
const node = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().describe('empty outside of a namespace'),
  cluster: z.string(),
});

const acknowledgementSchema = z.object({ note: z.string(), at: time });

const ledgerEdgeSchema = z
  .object({
    id: z.string().describe("the edge's id on the map, level workload"),
    source: node.describe('the client'),
    target: node.describe('the server'),
    protocol: z.string(),
    port: z.int().nullable().describe("the server's"),
    firstSeen: time,
    lastSeen: time,
    firstAllowed: time.nullable().describe('null where none was ever let through'),
    lastAllowed: time.nullable(),
    firstDropped: time.nullable().describe('null where none was ever dropped'),
    lastDropped: time.nullable(),
    acknowledged: acknowledgementSchema.nullable(),
  })
  .meta({ id: 'LedgerEdge' });

const edges = z.array(ledgerEdgeSchema);

const behind = z
  .int()
  .describe('flows stored in the last seconds that are not in the ledger yet: ask again to know of them');

export const digestSchema = z
  .object({
    since: time,
    until: time.nullable().describe('the newest flow: nothing is told of what came later'),
    silentForSeconds: z.number(),
    fresh: edges.describe('never seen before `since`, the newest first'),
    newlyDropped: edges.describe('known before, and dropped since then for the first time'),
    silent: edges.describe('ceased to be seen since then'),
    leftOut: z.object({ fresh: z.int(), newlyDropped: z.int(), silent: z.int() }),
    acknowledged: z.int().describe('left out, as somebody has seen them'),
    behind,
    coverage: coverageSchema,
  })
  .meta({ id: 'LedgerDigest' });

export const ledgerSchema = z
  .object({ edges, leftOut: z.int(), behind, coverage: coverageSchema })
  .meta({ id: 'Ledger' });

export type LedgerEdge = z.infer<typeof ledgerEdgeSchema>;
export type LedgerDigest = z.infer<typeof digestSchema>;
export type Ledger = z.infer<typeof ledgerSchema>;
