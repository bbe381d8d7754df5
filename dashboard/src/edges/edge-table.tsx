import { useMemo, type JSX } from 'react';
import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import { droppedOf } from '../map/edge-class.js';
import type { Graph } from '../map/visible-graph.js';
import type { Selection } from '../state/view-state.js';
import { formatCount } from '../ui/format.js';
import { EdgeRow } from './edge-row.js';

const MAX_ROWS = 1_000;

interface Props {
  graph: Graph;
  nodes: ReadonlyMap<string, MapNode>;
  found: ReadonlySet<string> | null;
  selected: Selection | null;
  onSelect: (selection: Selection) => void;
}

/** The map in words: for the keyboard, for screen readers, and for maps too dense to draw. */
export function EdgeTable({ graph, nodes, found, selected, onSelect }: Props): JSX.Element {
  const edges = useMemo(() => sorted(graph.edges, found), [graph, found]);
  return (
    <div className="table-scroll">
      <table>
        <caption>
          {edges.length > MAX_ROWS
            ? `Showing ${formatCount(MAX_ROWS)} of ${formatCount(edges.length)} edges: narrow the filter to see the rest.`
            : `${formatCount(edges.length)} edges, those with most drops first.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">Server</th>
            <th scope="col">Port</th>
            <th scope="col">Verdict</th>
            <th scope="col" className="number">
              Forwarded
            </th>
            <th scope="col" className="number">
              Dropped
            </th>
            <th scope="col">Last seen (UTC)</th>
          </tr>
        </thead>
        <tbody>
          {edges.slice(0, MAX_ROWS).map((edge) => (
            <EdgeRow
              key={edge.id}
              edge={edge}
              nodes={nodes}
              selected={selected?.kind === 'edge' && selected.id === edge.id}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sorted(edges: readonly MapEdge[], found: ReadonlySet<string> | null): MapEdge[] {
  return edges
    .filter((edge) => !found || found.has(edge.source) || found.has(edge.target))
    .sort(
      (a, b) =>
        droppedOf(b) - droppedOf(a) ||
        a.source.localeCompare(b.source) ||
        a.target.localeCompare(b.target) ||
        (a.port ?? 0) - (b.port ?? 0),
    );
}
