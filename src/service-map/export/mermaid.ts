import { passageOf } from '../../domain/service-map/edge-change.js';
import { visible } from '../../domain/visible.js';
import { edgeLabel, namespacesOf, type Graph } from './graph.js';

/** Told by form as well as by colour. */
const ARROWS = { allowed: '-->', partly: '-.->', dropped: '--x', unknown: '---' } as const;
const COLOURS: Partial<Record<string, string>> = { partly: 'orange', dropped: 'red' };

/** https://mermaid.js.org/syntax/flowchart.html; names only ever stand in quotes, ids are our own. */
export function mermaidOf(graph: Graph): string {
  const ids = new Map(graph.nodes.map(({ id }, i) => [id, `n${i}`]));
  const groups = [...namespacesOf(graph)].flatMap(([name, nodes], i) => {
    const lines = nodes.map((node) => `    ${ids.get(node.id) ?? ''}["${text(node.name)}"]`);
    return name === '' ? lines : [`  subgraph s${i}["${text(name)}"]`, ...lines, '  end'];
  });
  const edges = graph.edges.map((edge) => {
    const arrow = `${ARROWS[passageOf(edge)]}|"${text(edgeLabel(edge))}"|`;
    return `  ${ids.get(edge.source) ?? ''} ${arrow} ${ids.get(edge.target) ?? ''}`;
  });
  const styles = graph.edges.flatMap((edge, i) => {
    const colour = COLOURS[passageOf(edge)];
    return colour === undefined ? [] : [`  linkStyle ${i} stroke:${colour},color:${colour}`];
  });
  return ['flowchart LR', ...groups, ...edges, ...styles, ''].join('\n');
}

/** Whatever is no letter, digit or harmless mark is written by its number. */
function text(name: string): string {
  const harmless = /[^\p{L}\p{N} ./:,()-]/gu;
  return visible(name).replace(harmless, (character) => `#${character.codePointAt(0) ?? 0};`);
}
