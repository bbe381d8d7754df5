import type { JSX } from 'react';
import { MapEmpty } from '../map/map-empty.js';
import { MapNotes } from '../map/map-notes.js';
import type { Dashboard } from '../state/use-dashboard.js';
import type { UpdateView, ViewState } from '../state/view-state.js';
import { EdgeTable } from './edge-table.js';

interface Props {
  board: Dashboard;
  state: ViewState;
  update: UpdateView;
}

export function EdgesView({ board, state, update }: Props): JSX.Element {
  const { graph, map, found, live, fold, filter } = board;
  if (!map || graph.edges.length === 0) {
    return (
      <MapEmpty
        size={map?.nodes.size ?? null}
        state={state}
        error={live.error}
        unreachable={live.connection === 'offline'}
        update={update}
      />
    );
  }
  return (
    <div className="edges-view">
      <MapNotes namespace={filter.namespace} fold={fold} update={update} />
      <EdgeTable
        graph={graph}
        nodes={map.nodes}
        found={found}
        selected={state.selected}
        onSelect={(selected) => {
          update({ selected });
        }}
      />
    </div>
  );
}
