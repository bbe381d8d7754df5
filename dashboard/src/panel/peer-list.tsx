import type { JSX } from 'react';
import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import { VerdictBadge } from '../edges/verdict-badge.js';
import { byWeight, droppedOf, edgeClass, passedOf, portLabel } from '../map/edge-class.js';
import { nameOf } from '../map/node-words.js';
import type { Selection } from '../state/view-state.js';
import { formatCount } from '../ui/format.js';

interface Props {
  title: string;
  edges: readonly MapEdge[];
  end: 'source' | 'target';
  nodes: ReadonlyMap<string, MapNode>;
  onSelect: (selection: Selection) => void;
}

const MAX = 100;

export function PeerList({ title, edges, end, nodes, onSelect }: Props): JSX.Element {
  const sorted = [...edges].sort(byWeight);
  return (
    <section>
      <h3>
        {title} <span className="muted">({edges.length})</span>
      </h3>
      {edges.length === 0 && <p className="muted small">None in this view.</p>}
      <ul className="peers">
        {sorted.slice(0, MAX).map((edge) => (
          <li key={edge.id}>
            <button
              type="button"
              className="link"
              onClick={() => {
                onSelect({ kind: 'edge', id: edge.id });
              }}
            >
              {nameOf(nodes, edge[end])}
            </button>
            <span className="muted">{portLabel(edge)}</span>
            <VerdictBadge kind={edgeClass(edge)} text={words(edge)} />
          </li>
        ))}
      </ul>
      {edges.length > MAX && <p className="muted small">Showing {MAX}, see the Edges tab for all.</p>}
    </section>
  );
}

function words(edge: MapEdge): string {
  const [passed, dropped] = [passedOf(edge), droppedOf(edge)];
  if (dropped === 0) return formatCount(passed);
  return passed > 0
    ? `${formatCount(passed)}, ${formatCount(dropped)} dropped`
    : `${formatCount(dropped)} dropped`;
}
