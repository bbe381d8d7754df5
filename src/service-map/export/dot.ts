import { passageOf } from '../../domain/service-map/edge-change.js';
import { visible } from '../../domain/visible.js';
import { edgeLabel, factsOfEdge, factsOfNode, namespacesOf, type Graph } from './graph.js';

const COLOURS = { allowed: 'gray40', partly: 'orange', dropped: 'red', unknown: 'gray70' } as const;

/** https://graphviz.org/doc/info/lang.html; attributes beside those of Graphviz are for whoever reads the file. */
export function* dotOf(graph: Graph): Generator<string> {
  yield 'digraph map {\nrankdir=LR\nnode [shape=box]\n';
  let number = 0;
  for (const [name, nodes] of namespacesOf(graph)) {
    const lines = nodes.map(
      (node) => `${quoted(node.id)} ${attributes({ label: node.name, ...factsOfNode(node) })}\n`,
    );
    if (name === '') yield* lines;
    else yield* [`subgraph cluster_${number} {\nlabel=${quoted(name)}\n`, ...lines, '}\n'];
    number++;
  }
  for (const edge of graph.edges) {
    const color = COLOURS[passageOf(edge)];
    const look = { label: edgeLabel(edge), color, fontcolor: color };
    yield `${quoted(edge.source)} -> ${quoted(edge.target)} ${attributes({ ...look, ...factsOfEdge(edge) })}\n`;
  }
  yield '}\n';
}

function attributes(facts: Record<string, string | number>): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `[${told.join(' ')}]`;
}

/** In a label a backslash begins an escape, such as for the name of the node. */
function quoted(text: string): string {
  return `"${visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
