import { passageOf } from '../../domain/service-map/edge-change.js';
import { visible } from '../../domain/visible.js';
import { edgeLabel, namespacesOf, type Graph } from './graph.js';

/** Told by form as well as by colour. */
const ARROWS = { allowed: '-->', partly: '-.->', dropped: '--x', unknown: '---' } as const;
const COLOURS: Partial<Record<string, string>> = { partly: 'orange', dropped: 'red' };

/** https://mermaid.js.org/syntax/flowchart.html; names only ever stand in quotes, ids are our own. */
export function* mermaidOf(graph: Graph): Generator<string> {
  const ids = new Map(graph.nodes.map(({ id }, i) => [id, `n${i}`]));
  yield 'flowchart LR\n';
  let number = 0;
  for (const [name, nodes] of namespacesOf(graph)) {
    const lines = nodes.map((node) => `    ${ids.get(node.id) ?? ''}["${text(node.name)}"]\n`);
    if (name === '') yield* lines;
    else yield* [`  subgraph s${number}["${text(name)}"]\n`, ...lines, '  end\n'];
    number++;
  }
  for (const edge of graph.edges) {
    const arrow = `${ARROWS[passageOf(edge)]}|"${text(edgeLabel(edge))}"|`;
    yield `  ${ids.get(edge.source) ?? ''} ${arrow} ${ids.get(edge.target) ?? ''}\n`;
  }
  for (const [i, edge] of graph.edges.entries()) {
    const colour = COLOURS[passageOf(edge)];
    if (colour !== undefined) yield `  linkStyle ${i} stroke:${colour},color:${colour}\n`;
  }
}

/** Whatever is no letter, digit or harmless mark is written by its number. */
function text(name: string): string {
  const harmless = /[^\p{L}\p{N} ./:,()-]/gu;
  return visible(name).replace(harmless, (character) => `#${character.codePointAt(0) ?? 0};`);
}
