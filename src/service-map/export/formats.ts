import { dotOf } from './dot.js';
import { edgesCsvOf } from './edges-csv.js';
import type { Graph } from './graph.js';
import { graphmlOf } from './graphml.js';
import { mermaidOf } from './mermaid.js';

/** What a map may be written as, beside JSON. */
export const exports = {
  graphml: { type: 'application/graphml+xml; charset=utf-8', write: graphmlOf },
  dot: { type: 'text/vnd.graphviz; charset=utf-8', write: dotOf },
  mermaid: { type: 'text/plain; charset=utf-8', write: mermaidOf },
  csv: { type: 'text/csv; charset=utf-8', write: edgesCsvOf },
} as const satisfies Record<string, { type: string; write: (graph: Graph) => string }>;

export const mapFormats = ['json', 'graphml', 'dot', 'mermaid', 'csv'] as const;
