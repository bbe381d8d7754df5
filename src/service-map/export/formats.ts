import { dotOf } from './dot.js';
import { edgesCsvOf } from './edges-csv.js';
import type { Graph } from './graph.js';
import { graphmlOf } from './graphml.js';
import { mermaidOf } from './mermaid.js';
import { MOST_SERIES, prometheusOf } from './prometheus.js';

/** What a map may be written as, beside JSON: line by line, each with its end. */
export const exports = {
  graphml: { type: 'application/graphml+xml; charset=utf-8', lines: graphmlOf },
  dot: { type: 'text/vnd.graphviz; charset=utf-8', lines: dotOf },
  mermaid: { type: 'text/plain; charset=utf-8', lines: mermaidOf },
  csv: { type: 'text/csv; charset=utf-8', lines: edgesCsvOf },
  prometheus: { type: 'text/plain; version=0.0.4; charset=utf-8', lines: prometheusOf },
} as const satisfies Record<string, { type: string; lines: (graph: Graph) => Iterable<string> }>;

export const mapFormats = ['json', 'graphml', 'dot', 'mermaid', 'csv', 'prometheus'] as const;

/** Series are kept for long by whoever takes them, so their number is bounded also where nobody asked. */
export function edgesAtMost(format: (typeof mapFormats)[number]): number | undefined {
  return format === 'prometheus' ? MOST_SERIES : undefined;
}
