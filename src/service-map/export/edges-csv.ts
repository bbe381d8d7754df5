import { csvLineOf } from '../../http/csv-cell.js';
import { factsOfEdge, type Graph } from './graph.js';

const FACTS = {
  protocol: 'protocol',
  port: 'port',
  verdict: 'verdict',
  forwarded: 'forwarded',
  dropped: 'dropped',
  audit: 'audit',
  redirected: 'redirected',
  error: 'error',
  drop_reasons: 'dropReasons',
  http_requests: 'httpRequests',
  http_server_errors: 'httpServerErrors',
  dns_queries: 'dnsQueries',
  latency_p50: 'latencyP50',
  latency_p95: 'latencyP95',
  latency_p99: 'latencyP99',
  inferred: 'inferred',
  first_seen: 'firstSeen',
  last_seen: 'lastSeen',
};
const ENDS = ['name', 'kind', 'namespace', 'cluster'] as const;

/** A line for each edge, with what tells its ends. */
export function* edgesCsvOf({ nodes, edges }: Graph): Generator<string> {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const columnsOf = (side: string) => [side, ...ENDS.map((end) => `${side}_${end}`)];
  yield csvLineOf(['id', ...columnsOf('source'), ...columnsOf('target'), ...Object.keys(FACTS)]);
  const endsOf = (id: string) => [id, ...ENDS.map((end) => known.get(id)?.[end] ?? '')];
  for (const edge of edges) {
    const facts = factsOfEdge(edge);
    const told = Object.values(FACTS).map((name) => facts[name] ?? '');
    yield csvLineOf([edge.id, ...endsOf(edge.source), ...endsOf(edge.target), ...told]);
  }
}
