import { passageOf } from '../../domain/service-map/edge-change.js';
import { visible } from '../../domain/visible.js';
import { edgeLabel, factsOfEdge, factsOfNode, namespacesOf, type Graph } from './graph.js';

const COLOURS = { allowed: 'gray40', partly: 'orange', dropped: 'red', unknown: 'gray70' } as const;

/** https://graphviz.org/doc/info/lang.html; attributes beside those of Graphviz are for whoever reads the file. */
export function dotOf(graph: Graph): string {
  const groups = [...namespacesOf(graph)].flatMap(([name, nodes], i) => {
    const lines = nodes.map(
      (node) => `${quoted(node.id)} ${attributes({ label: node.name, ...factsOfNode(node) })}`,
    );
    if (name === '') return lines;
    return [`subgraph cluster_${i} {`, `label=${quoted(name)}`, ...lines, '}'];
  });
  const edges = graph.edges.map((edge) => {
    const color = COLOURS[passageOf(edge)];
    const look = { label: edgeLabel(edge), color, fontcolor: color };
    return `${quoted(edge.source)} -> ${quoted(edge.target)} ${attributes({ ...look, ...factsOfEdge(edge) })}`;
  });
  return ['digraph map {', 'rankdir=LR', 'node [shape=box]', ...groups, ...edges, '}', ''].join('\n');
}

function attributes(facts: Record<string, string | number>): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `[${told.join(' ')}]`;
}

/** In a label a backslash begins an escape, such as for the name of the node. */
function quoted(text: string): string {
  return `"${visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
