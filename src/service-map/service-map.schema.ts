import { z } from 'zod';
import { shown } from '../domain/filter/criterion.js';
import { labelKeyProblem } from '../domain/flow/label-key.js';
import { isLabelLevel, LEVELS } from '../domain/flow/node-identity.js';
import { hubKinds, type HubKind } from '../domain/service-map/fold/hubs.js';
import { latencySchema } from '../http/latency.schema.js';
import { coverageSchema, summedShape } from '../telemetry/coverage.schema.js';

/** Times are RFC 3339 in UTC with nanoseconds, as Hubble writes them; empty when no record carried one. */
const time = z.string();

/** How often each name occurred: `{"POLICY_DENIED": 12}`. */
const counts = z.record(z.string(), z.int());

const nodeKinds = [
  'label',
  'workload',
  'pod',
  'namespace',
  'cluster',
  'service',
  'entity',
  'fqdn',
  'cidr',
  'ip',
  'unknown',
] as const;

const members = z.int().optional().describe('where it is folded: how many it stands for');

export const mapNodeSchema = z
  .object({
    id: z.string().describe('stable: cluster/namespace/name for workloads, kind:name for the rest'),
    kind: z.enum([...nodeKinds, 'group']).describe('a group only where nodes are folded'),
    name: z.string(),
    namespace: z.string().describe('empty outside a namespace'),
    cluster: z.string().describe('empty outside a cluster'),
    nameConfidence: z
      .enum(['given', 'exact', 'shared', 'stale'])
      .optional()
      .describe('of DNS names: given by Hubble, or learned from what the same client asked'),
    labels: z.array(z.string()).describe('labels that every endpoint of this node carries'),
    firstSeen: time,
    lastSeen: time,
    drops: z.int().describe('dropped on all edges from and to this node'),
    members,
  })
  .meta({ id: 'MapNode' });

const httpSchema = z
  .object({ requests: z.int(), responses: z.int(), methods: counts, statuses: counts })
  .meta({ id: 'HttpOfEdge' });

const dnsSchema = z
  .object({ queries: z.int(), responses: z.int(), rcodes: counts })
  .meta({ id: 'DnsOfEdge' });

const routesSchema = z
  .object({
    routes: z.array(
      z.object({
        method: z.string(),
        path: z
          .string()
          .describe('learned: {id} stands where paths differ in the name of one thing among many; or pinned'),
        pinned: z.literal(true).optional().describe('given by the settings, as it is written there'),
        requests: z.int(),
        statuses: counts,
        latency: latencySchema.optional(),
      }),
    ),
    routesLeftOut: z.int().describe('routes beyond the most frequent ones listed'),
    requestsLeftOut: z
      .int()
      .describe('requests of routes beyond the 2,000 learned and 2,000 pinned ones told apart'),
  })
  .meta({ id: 'RoutesOfEdge' });

const namesSchema = z
  .object({
    names: counts.describe('the most asked names'),
    namesLeftOut: z.int(),
  })
  .meta({ id: 'NamesOfEdge' });

export const mapEdgeSchema = z
  .object({
    id: z.string(),
    source: z.string().describe('id of the client node'),
    target: z.string().describe('id of the server node'),
    protocol: z.string().describe('TCP, UDP, SCTP, ICMPv4, ICMPv6, VRRP, IGMP, or unknown'),
    port: z.int().nullable().describe("the server's port"),
    verdicts: z
      .record(z.string(), z.int())
      .describe('forwarded, dropped, audit, redirected, error, and others when seen'),
    dropReasons: counts,
    points: counts.describe('the counters behind the headline, one for each observation point'),
    firstSeen: time,
    lastSeen: time,
    http: httpSchema.optional(),
    dns: dnsSchema.optional(),
    latency: latencySchema.optional().describe('absent where no answer was seen'),
    tcp: z
      .object({
        attempts: z.int(),
        accepted: z.int().nullable().describe('null where no packet of the server was seen'),
        resets: z.int(),
      })
      .optional()
      .describe('connections opened by the client, accepted by the server, broken off by either'),
    encrypted: z
      .object({ flows: z.int(), of: z.int() })
      .optional()
      .describe('trace events that the datapath encrypted; absent where none was'),
    auth: counts.optional().describe('policy verdicts by mutual authentication, where any asked for it'),
    policies: z
      .object({ allowedBy: z.array(z.string()), deniedBy: z.array(z.string()) })
      .optional()
      .describe('namespace/name (Kind) of the policies that Hubble named'),
    oneSided: z.literal(true).optional().describe('only replies were seen'),
    inferred: z
      .array(z.string())
      .optional()
      .describe('what records did not say: "direction", "name", "pod", "service"'),
    members,
  })
  .meta({ id: 'MapEdge' });

export const levels = LEVELS;

const LEVEL_WORDS = 'cluster, namespace, workload, pod, or label: and the key of a label';

/** Of a map that is asked for; live maps have only those of the list. */
export const levelSchema = z
  .union([z.enum(levels), z.templateLiteral(['label:', z.string()])], {
    error: ({ input }) => `"${String(input).slice(0, 50)}" is none of ${LEVEL_WORDS}`,
  })
  .superRefine((level, context) => {
    const problem = isLabelLevel(level) ? labelKeyProblem(level.slice('label:'.length)) : undefined;
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `${shown(level)}: ${problem}` });
  })
  .describe(`what a node stands for: ${LEVEL_WORDS}`);
export type MapLevel = z.infer<typeof levelSchema>;

const sums = { edges: z.int(), verdicts: counts, dropReasons: counts };

const foldedSchema = z
  .object({
    hubs: z.array(
      z.object({
        kind: z.enum(Object.keys(hubKinds) as HubKind[]),
        ...sums,
        on: z
          .array(z.object({ node: z.string(), edges: z.int(), flows: z.int() }))
          .describe('nodes that are drawn and have such edges, the busiest 1,000'),
        onLeftOut: z.int(),
      }),
    ),
    groups: z.array(z.object({ id: z.string(), members: z.int() })).describe('nodes that stand for several'),
    edges: z
      .object({
        ...sums,
        between: z
          .array(z.object({ source: z.string(), target: z.string(), ...sums }))
          .describe('by the groups of their ends, the largest 100'),
        betweenLeftOut: z.int(),
      })
      .describe('edges beyond max-edges, which are not drawn'),
    nodesHidden: z.int().describe('nodes that are not drawn because none of their edges is'),
  })
  .meta({ id: 'Folded' });

/** Of answers. */
export const namedShape = {
  expand: z
    .array(z.string())
    .optional()
    .describe('as it was asked: nodes in whose place stand those in them'),
  collapse: z.array(z.string()).optional().describe('as it was asked: nodes that stand for all in them'),
};

export const serviceMapSchema = z
  .object({
    level: levelSchema,
    ...namedShape,
    nodes: z.array(mapNodeSchema),
    edges: z.array(mapEdgeSchema),
    folded: foldedSchema
      .nullable()
      .describe('what was asked not to be drawn one by one; null when nothing was'),
    from: z.string().nullable(),
    to: z.string().nullable(),
    seq: z.int().describe('the last stored flow that this map includes'),
    ...summedShape,
    coverage: coverageSchema,
  })
  .meta({ id: 'ServiceMap' });

/** Of which nothing is folded, so that it can be compared. */
export const plainMapSchema = serviceMapSchema.extend({
  nodes: z.array(mapNodeSchema.extend({ kind: z.enum(nodeKinds) })),
  // Maps that were printed before there were any.
  minutes: summedShape.minutes.default(null),
  folded: z.null('the map is folded, so it cannot be compared').optional(),
});
export type PlainMap = z.infer<typeof plainMapSchema>;

export const edgeDetailSchema = z
  .object({
    edge: mapEdgeSchema,
    source: mapNodeSchema,
    target: mapNodeSchema,
    http: routesSchema.optional(),
    dns: namesSchema.optional(),
    services: z
      .array(z.object({ namespace: z.string(), name: z.string(), inferred: z.boolean() }))
      .optional()
      .describe(
        'Kubernetes Services that the server was reached by; inferred: learned from what sockets asked for',
      ),
    servicesLeftOut: z.int().optional(),
    examples: z.array(z.record(z.string(), z.unknown())).describe('records, as Hubble wrote them'),
    seq: z.int(),
    ...summedShape,
    coverage: coverageSchema,
  })
  .meta({ id: 'EdgeDetail' });

export type MapNode = z.infer<typeof mapNodeSchema>;
export type MapEdge = z.infer<typeof mapEdgeSchema>;
export type Level = (typeof levels)[number];
export type ServiceMapResponse = z.infer<typeof serviceMapSchema>;
export type EdgeDetail = z.infer<typeof edgeDetailSchema>;
