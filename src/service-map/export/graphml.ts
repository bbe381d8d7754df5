import { visible } from '../../domain/visible.js';
import { factsOfEdge, factsOfNode, type Graph } from './graph.js';

type Value = string | number;

/**
 * http://graphml.graphdrawing.org/specification.html. Written here: `graphology-graphml` brings a parser of XML and
 * three more packages, and lets characters through that XML does not have.
 */
export function graphmlOf({ nodes, edges }: Graph): string {
  const nodeFacts = nodes.map((node) => ({
    head: `node id="${xml(node.id)}"`,
    tail: 'node',
    facts: factsOfNode(node),
  }));
  const edgeFacts = edges.map((edge) => ({
    head: `edge id="${xml(edge.id)}" source="${xml(edge.source)}" target="${xml(edge.target)}"`,
    tail: 'edge',
    facts: factsOfEdge(edge),
  }));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keysOf(
      'node',
      nodeFacts.map(({ facts }) => facts),
    ),
    ...keysOf(
      'edge',
      edgeFacts.map(({ facts }) => facts),
    ),
    '<graph id="map" edgedefault="directed">',
    ...[...nodeFacts, ...edgeFacts].map(
      ({ head, tail, facts }) => `<${head}>${dataOf(tail, facts)}</${tail}>`,
    ),
    '</graph>',
    '</graphml>',
    '',
  ].join('\n');
}

function keysOf(kind: string, all: readonly Record<string, Value>[]): string[] {
  const types = new Map<string, string>();
  for (const facts of all)
    for (const [name, value] of Object.entries(facts)) types.set(name, typeOf(name, value));
  return [...types].map(
    ([name, type]) => `<key id="${kind}-${name}" for="${kind}" attr.name="${name}" attr.type="${type}"/>`,
  );
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
