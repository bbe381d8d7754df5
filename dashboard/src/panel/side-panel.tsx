import type { JSX } from 'react';
import type { Dashboard } from '../state/use-dashboard.js';
import { OUTSIDE } from '../map/digest.js';
import type { Selection, UpdateView } from '../state/view-state.js';
import { shownName } from '../ui/shown.js';
import { BundlePanel, OutsidePanel } from './digest-panels.js';
import { EdgePanel } from './edge-panel.js';
import { GrainActions } from './grain-actions.js';
import { NodePanel } from './node-panel.js';
import { PanelFrame } from './panel-frame.js';

interface Props {
  selected: Selection;
  board: Dashboard;
  update: UpdateView;
}

export function SidePanel({ selected, board, update }: Props): JSX.Element | null {
  const { map, grain, filter, digest } = board;
  const onSelect = (next: Selection | null): void => {
    update({ selected: next });
  };
  const onFlows = (): void => {
    update({ view: 'flows' });
  };
  if (!map) return null;
  const bundle = digest.bundles.get(selected.id);
  if (bundle)
    return <BundlePanel id={selected.id} edges={bundle} digest={digest} map={map} onSelect={onSelect} />;
  if (selected.id === OUTSIDE && digest.outside.length > 0)
    return <OutsidePanel digest={digest} map={map} onSelect={onSelect} />;
  if (selected.kind === 'edge') {
    return (
      <EdgePanel
        key={selected.id}
        id={selected.id}
        grain={grain}
        filter={filter}
        map={map}
        seq={map.seq}
        onSelect={onSelect}
        onFlows={onFlows}
      />
    );
  }
  const node = map.nodes.get(selected.id);
  if (node) {
    return (
      <NodePanel key={node.id} node={node} map={map} onSelect={onSelect} onFlows={onFlows}>
        <GrainActions node={node} grain={grain} update={update} />
      </NodePanel>
    );
  }
  return (
    <PanelFrame
      kind="node"
      title={shownName(selected.id)}
      onClose={() => {
        onSelect(null);
      }}
    >
      <p className="muted">This node is not on the map at this level and with these filters.</p>
    </PanelFrame>
  );
}
