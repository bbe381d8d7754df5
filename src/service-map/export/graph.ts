import { passageOf } from '../../domain/service-map/edge-change.js';
import type { Counts } from '../../domain/service-map/fold/counts.js';
import type { MapEdge, MapNode } from '../../domain/service-map/service-map.js';
import { visible } from '../../domain/visible.js';

/** What is written in every form: a map that may have been folded. */
export interface Graph {
  nodes: readonly (Omit<MapNode, 'kind'> & { kind: string })[];
  edges: readonly MapEdge[];
  /** Of the edges that are not drawn, together. */
  others?: Counts | undefined;
}

type Facts = Record<string, string | number>;

/** What each form tells of a node, under one name everywhere. */
export function factsOfNode({
  kind,
  name,
  namespace,
  cluster,
  labels,
  firstSeen,
  lastSeen,
  drops,
}: Graph['nodes'][number]): Facts {
  return { kind, name, namespace, cluster, labels: labels.join(' '), firstSeen, lastSeen, drops };
}

/** What is not known is left out. */
export function factsOfEdge(edge: MapEdge): Facts {
  const { protocol, port, verdicts, dropReasons, http, dns, latency, inferred, firstSeen, lastSeen } = edge;
  const { forwarded = 0, dropped = 0, audit = 0, redirected = 0, error = 0 } = verdicts;
  return {
    protocol,
    ...(port !== null && { port }),
    verdict: passageOf(edge),
    ...{ forwarded, dropped, audit, redirected, error },
    dropReasons: Object.entries(dropReasons)
      .map(([reason, count]) => `${reason}=${count}`)
      .join(' '),
    ...(http && { httpRequests: http.requests, httpServerErrors: serverErrors(http.statuses) }),
    ...(dns && { dnsQueries: dns.queries }),
    ...(latency && known({ latencyP50: latency.p50, latencyP95: latency.p95, latencyP99: latency.p99 })),
    ...(inferred && { inferred: inferred.join(' ') }),
    firstSeen,
    lastSeen,
  };
}

function known(facts: Record<string, number | null>): Facts {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, fact]) => (fact === null ? [] : [[name, fact]])),
  );
}

function serverErrors(statuses: Record<string, number>): number {
  return Object.entries(statuses).reduce(
    (sum, [status, count]) => sum + (Number(status) >= 500 ? count : 0),
    0,
  );
}

/** What stands at an arrow: the port, and how many flows came through and did not. */
export function edgeLabel(edge: MapEdge): string {
  const { forwarded = 0, dropped = 0 } = edge.verdicts;
  const counts = dropped > 0 ? `${forwarded}, ${dropped} dropped` : String(forwarded);
  const reasons = Object.keys(edge.dropReasons).join(', ');
  return visible(`${edge.port ?? ''} ${edge.protocol}: ${counts}${reasons && ` (${reasons})`}`.trim());
}

/** Nodes that stand together, by cluster and namespace; those outside of any stand alone. */
export function namespacesOf({ nodes }: Graph): Map<string, Graph['nodes'][number][]> {
  const groups = new Map<string, Graph['nodes'][number][]>();
  for (const node of nodes) {
    const name = node.namespace === '' ? '' : `${node.cluster}/${node.namespace}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [node]);
    else group.push(node);
  }
  return groups;
}
