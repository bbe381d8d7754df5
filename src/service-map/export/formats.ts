import { dotOf } from './dot.js';
import { edgesCsvOf } from './edges-csv.js';
import type { Graph } from './graph.js';
import { graphmlOf } from './graphml.js';
import { mermaidOf } from './mermaid.js';
import { MOST_SERIES, prometheusOf } from './prometheus.js';

/** What a map may be written as, beside JSON. */
export const exports = {
  graphml: { type: 'application/graphml+xml; charset=utf-8', write: graphmlOf },
  dot: { type: 'text/vnd.graphviz; charset=utf-8', write: dotOf },
  mermaid: { type: 'text/plain; charset=utf-8', write: mermaidOf },
  csv: { type: 'text/csv; charset=utf-8', write: edgesCsvOf },
  prometheus: { type: 'text/plain; version=0.0.4; charset=utf-8', write: prometheusOf },
} as const satisfies Record<string, { type: string; write: (graph: Graph) => string }>;

export const mapFormats = ['json', 'graphml', 'dot', 'mermaid', 'csv', 'prometheus'] as const;

/** Series are kept for long by whoever takes them, so their number is bounded also where nobody asked. */
export function edgesAtMost(format: (typeof mapFormats)[number]): number | undefined {
  return format === 'prometheus' ? MOST_SERIES : undefined;
}
