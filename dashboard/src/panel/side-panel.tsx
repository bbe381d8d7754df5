import type { JSX } from 'react';
import type { Dashboard } from '../state/use-dashboard.js';
import type { Selection, UpdateView } from '../state/view-state.js';
import { EdgePanel } from './edge-panel.js';
import { NodePanel } from './node-panel.js';
import { PanelFrame } from './panel-frame.js';

interface Props {
  selected: Selection;
  board: Dashboard;
  update: UpdateView;
}

export function SidePanel({ selected, board, update }: Props): JSX.Element | null {
  const { map, level, filter } = board;
  const onSelect = (next: Selection | null): void => {
    update({ selected: next });
  };
  const onFlows = (): void => {
    update({ view: 'flows' });
  };
  if (!map) return null;
  if (selected.kind === 'edge') {
    return (
      <EdgePanel
        key={selected.id}
        id={selected.id}
        level={level}
        filter={filter}
        map={map}
        seq={map.seq}
        onSelect={onSelect}
        onFlows={onFlows}
      />
    );
  }
  const node = map.nodes.get(selected.id);
  if (node) return <NodePanel key={node.id} node={node} map={map} onSelect={onSelect} onFlows={onFlows} />;
  return (
    <PanelFrame
      kind="node"
      title={selected.id}
      onClose={() => {
        onSelect(null);
      }}
    >
      <p className="muted">This node is not on the map at this level and with these filters.</p>
    </PanelFrame>
  );
}
