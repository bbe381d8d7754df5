import type { MapEdge } from '../../domain/service-map/service-map.js';
import { visible } from '../../domain/visible.js';
import type { Graph } from './graph.js';

/** Edges that are series of their own where nothing else is asked for; the others are one together. */
export const MOST_SERIES = 1_000;

type Labels = Record<string, string>;
type Sample = [labels: Labels, value: number];

/**
 * Gauges, of the window that was asked for. Not counters: retention would take some of their counts away, which
 * Prometheus takes for a restart. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function* prometheusOf({ edges, others }: Graph): Generator<string> {
  const all: [labels: Labels, edge: Pick<MapEdge, 'verdicts' | 'dropReasons' | 'http'>][] = edges.map(
    (edge) => [
      { client: edge.source, server: edge.target, protocol: edge.protocol, port: String(edge.port ?? '') },
      edge,
    ],
  );
  if (others !== undefined && others.edges > 0) {
    all.push([{ client: '(others)', server: '(others)', protocol: '', port: '' }, others]);
  }
  yield* family(
    'flowatlas_map_flows',
    'Flows of an edge of the service map, by verdict.',
    all,
    ({ verdicts }) => labelled('verdict', Object.entries(verdicts)),
  );
  yield* family('flowatlas_map_drops', 'Dropped flows of an edge, by reason.', all, ({ dropReasons }) =>
    labelled('reason', Object.entries(dropReasons)),
  );
  yield* family('flowatlas_map_http_responses', 'HTTP responses on an edge, by status.', all, ({ http }) =>
    labelled('status', Object.entries(http?.statuses ?? {})),
  );
}

function* family<T>(
  name: string,
  help: string,
  all: readonly (readonly [Labels, T])[],
  read: (edge: T) => Sample[],
): Generator<string> {
  yield `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
  for (const [ends, edge] of all)
    for (const [labels, value] of read(edge))
      yield `${name}{${labelText({ ...ends, ...labels })}} ${value}\n`;
}

/** What was not counted is no series. */
function labelled(name: string, counts: readonly (readonly [string, number])[]): Sample[] {
  return counts.filter(([, count]) => count > 0).map(([value, count]) => [{ [name]: value }, count]);
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${visible(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
    .join(',');
}
