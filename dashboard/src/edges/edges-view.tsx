import type { JSX } from 'react';
import { EmptyNotice } from '../ui/notice.js';
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
        silentSince={live.silentSince}
        update={update}
      />
    );
  }
  return (
    <div className="edges-view">
      <MapNotes namespace={filter.namespace} fold={fold} update={update} />
      {found?.size === 0 ? (
        <NothingFound text={state.find} update={update} />
      ) : (
        <EdgeTable
          graph={graph}
          nodes={map.nodes}
          found={found}
          selected={state.selected}
          onSelect={(selected) => {
            update({ selected });
          }}
        />
      )}
    </div>
  );
}

function NothingFound({ text, update }: { text: string; update: UpdateView }): JSX.Element {
  return (
    <EmptyNotice title={`Nothing here is named ${text.trim()}`}>
      <p>An edge is listed where one of its ends is found.</p>
      <button
        type="button"
        onClick={() => {
          update({ find: '' });
        }}
      >
        Show all edges
      </button>
    </EmptyNotice>
  );
}
