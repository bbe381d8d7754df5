import { visible } from '../../domain/visible.js';
import { factsOfEdge, factsOfNode, type Graph } from './graph.js';

type Value = string | number;

/**
 * http://graphml.graphdrawing.org/specification.html. Written here: `graphology-graphml` brings a parser of XML and
 * three more packages, and lets characters through that XML does not have.
 */
export function* graphmlOf({ nodes, edges }: Graph): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n';
  yield* keysOf('node', nodes, factsOfNode);
  yield* keysOf('edge', edges, factsOfEdge);
  yield '<graph id="map" edgedefault="directed">\n';
  for (const node of nodes) yield `<node id="${xml(node.id)}">${dataOf('node', factsOfNode(node))}</node>\n`;
  for (const edge of edges) {
    const ends = `source="${xml(edge.source)}" target="${xml(edge.target)}"`;
    yield `<edge id="${xml(edge.id)}" ${ends}>${dataOf('edge', factsOfEdge(edge))}</edge>\n`;
  }
  yield '</graph>\n</graphml>\n';
}

/** Of all facts that are told of any, which must be declared before the first. */
function* keysOf<T>(
  kind: string,
  all: readonly T[],
  factsOf: (one: T) => Record<string, Value>,
): Generator<string> {
  const types = new Map<string, string>();
  for (const one of all) {
    for (const [name, value] of Object.entries(factsOf(one))) types.set(name, typeOf(name, value));
    // So that others may have their turn.
    yield '';
  }
  for (const [name, type] of types)
    yield `<key id="${kind}-${name}" for="${kind}" attr.name="${name}" attr.type="${type}"/>\n`;
}

function typeOf(name: string, value: Value): string {
  if (typeof value === 'string') return 'string';
  return name.startsWith('latency') ? 'double' : 'long';
}

function dataOf(kind: string, facts: Record<string, Value>): string {
  return Object.entries(facts)
    .map(([name, value]) => `<data key="${kind}-${name}">${xml(String(value))}</data>`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Half a pair and non-characters are not XML, however they are written. https://www.w3.org/TR/xml/#charsets */
function xml(text: string): string {
  return visible(text)
    .replace(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
