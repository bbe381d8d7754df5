import { formatTimestamp } from '../flow/timestamp.js';
import type { EdgeState } from './edge-state.js';
import type { NodeState } from './node-state.js';
import type { MapEdge, MapNode } from './service-map.js';

/** Times of the first and the last flow. */
export interface Span {
  oldest: bigint;
  newest: bigint;
}

/** What a node's edges tell of it. */
export interface Sight extends Span {
  drops: number;
}

/** Both ends of an edge that is made. */
export function lookAt(sights: Map<NodeState, Sight>, edge: EdgeState): void {
  const { source, target } = edge.ends;
  const drops = edge.headline.verdicts['dropped'] ?? 0;
  look(sights, source, edge, drops);
  if (target !== source) look(sights, target, edge, drops);
}

function look(
  sights: Map<NodeState, Sight>,
  node: NodeState,
  { first, last }: EdgeState,
  drops: number,
): void {
  const sight = sights.get(node);
  if (sight === undefined) {
    sights.set(node, { oldest: first, newest: last, drops });
    return;
  }
  if (first < sight.oldest) sight.oldest = first;
  if (last > sight.newest) sight.newest = last;
  sight.drops += drops;
}

export function spanOf(sights: Iterable<Span>): Span | undefined {
  let span: Span | undefined;
  for (const { oldest, newest } of sights) {
    span ??= { oldest, newest };
    if (oldest < span.oldest) span.oldest = oldest;
    if (newest > span.newest) span.newest = newest;
  }
  return span;
}

export function renderNode(
  { identity, labels, nameConfidence }: NodeState,
  { oldest, newest, drops }: Sight,
): MapNode {
  return {
    ...identity,
    ...(nameConfidence && { nameConfidence }),
    labels: [...labels],
    firstSeen: formatTimestamp(oldest),
    lastSeen: formatTimestamp(newest),
    drops,
  };
}

export function renderEdge(state: EdgeState): MapEdge {
  const { id, ends, protocol, port } = state;
  const { verdicts, dropReasons, oneSided } = state.headline;
  const edge: MapEdge = {
    id,
    source: ends.source.identity.id,
    target: ends.target.identity.id,
    protocol: protocol || 'unknown',
    port: port === 0 ? null : port,
    verdicts,
    dropReasons,
    points: state.points.record(),
    firstSeen: formatTimestamp(state.first),
    lastSeen: formatTimestamp(state.last),
  };
  // One after another, not spread: a map has thousands of edges.
  const http = state.l7?.http();
  if (http !== undefined) edge.http = http;
  const dns = state.l7?.dns();
  if (dns !== undefined) edge.dns = dns;
  const latency = state.l7?.latency();
  if (latency !== undefined) edge.latency = latency;
  const tcp = state.tcp();
  if (tcp !== undefined) edge.tcp = tcp;
  const encrypted = state.protection.encrypted();
  if (encrypted !== undefined) edge.encrypted = encrypted;
  const auth = state.protection.auth();
  if (auth !== undefined) edge.auth = auth;
  const policies = state.policies();
  if (policies !== undefined) edge.policies = policies;
  if (oneSided) edge.oneSided = true;
  const { inferred } = state;
  if (inferred.length > 0) edge.inferred = inferred;
  return edge;
}
