import type { JSX } from 'react';
import type { Selection } from '../state/view-state.js';
import { formatCount } from '../ui/format.js';
import { OUTSIDE } from './digest.js';
import { droppedOf, passedOf, portLabel } from './edge-class.js';
import { kindWords, nodeFullName } from './node-words.js';
import type { Graph } from './visible-graph.js';

/** Full names and numbers of what the pointer is on: the drawing shortens them. */
export function HoverCard({
  graph,
  hovered,
}: {
  graph: Graph;
  hovered: Selection | null;
}): JSX.Element | null {
  if (!hovered) return null;
  return (
    <div className="hover-card">
      {hovered.kind === 'node' ? nodeLine(graph, hovered.id) : edgeLine(graph, hovered.id)}
    </div>
  );
}

function nodeLine(graph: Graph, id: string): JSX.Element | null {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node) return null;
  return (
    <>
      <strong>{nodeFullName(node)}</strong>
      <span>{node.id === OUTSIDE ? 'drawn as one node' : kindWords[node.kind]}</span>
      {node.drops > 0 && <span className="bad">✕ {formatCount(node.drops)} dropped</span>}
    </>
  );
}

function edgeLine(graph: Graph, id: string): JSX.Element | null {
  const edge = graph.edges.find((one) => one.id === id);
  const source = graph.nodes.find((node) => node.id === edge?.source);
  const target = graph.nodes.find((node) => node.id === edge?.target);
  if (!edge || !source || !target) return null;
  const dropped = droppedOf(edge);
  return (
    <>
      <strong>
        {nodeFullName(source)} → {nodeFullName(target)} {portLabel(edge)}
      </strong>
      <span>{formatCount(passedOf(edge))} forwarded</span>
      {dropped > 0 && <span className="bad">✕ {formatCount(dropped)} dropped</span>}
    </>
  );
}
