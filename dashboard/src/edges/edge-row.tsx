import { memo, type JSX } from 'react';
import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import { droppedOf, edgeClass, passedOf, portLabel } from '../map/edge-class.js';
import { nameOf } from '../map/node-words.js';
import type { Selection } from '../state/view-state.js';
import { formatCount } from '../ui/format.js';
import { Time } from '../ui/time.js';
import { VerdictBadge } from './verdict-badge.js';

interface Props {
  edge: MapEdge;
  nodes: ReadonlyMap<string, MapNode>;
  selected: boolean;
  onSelect: (selection: Selection) => void;
}

export const EdgeRow = memo(function EdgeRow({ edge, nodes, selected, onSelect }: Props): JSX.Element {
  const kind = edgeClass(edge);
  const dropped = droppedOf(edge);
  return (
    <tr
      className={selected ? 'row selected' : 'row'}
      data-testid={`edge-row-${edge.id}`}
      data-source={edge.source}
      data-target={edge.target}
      data-verdict={kind}
      onClick={() => {
        onSelect({ kind: 'edge', id: edge.id });
      }}
    >
      <td>
        <button type="button" className="link" aria-pressed={selected}>
          {nameOf(nodes, edge.source)}
        </button>
      </td>
      <td>{nameOf(nodes, edge.target)}</td>
      <td>{portLabel(edge)}</td>
      <td>
        <VerdictBadge kind={kind} />
      </td>
      <td className="number">{formatCount(passedOf(edge))}</td>
      <td className={dropped > 0 ? 'number bad' : 'number'}>{formatCount(dropped)}</td>
      <td>
        <Time value={edge.lastSeen} />
      </td>
    </tr>
  );
});
