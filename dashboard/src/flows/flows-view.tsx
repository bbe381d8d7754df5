import type { JSX } from 'react';
import { filterFlags } from '../api/queries.js';
import { noFilters } from '../map/map-empty.js';
import type { Dashboard } from '../state/use-dashboard.js';
import type { UpdateView, ViewState } from '../state/view-state.js';
import { NoAnswer } from '../ui/no-answer.js';
import { NoData } from '../ui/no-data.js';
import { FlowTable } from './flow-table.js';
import { useNarrowed } from './use-narrowed.js';

interface Props {
  board: Dashboard;
  state: ViewState;
  update: UpdateView;
}

export function FlowsView({ board, state, update }: Props): JSX.Element {
  const { narrowed, loading } = useNarrowed(board, state.selected);
  // What is selected stands for the namespace, too: traffic with others is part of it.
  const flags = narrowed
    ? filterFlags({ ...state, namespace: '', query: both(state.query, narrowed.query) })
    : filterFlags(state);
  const { silentSince } = board.live;
  if (state.selected && !board.map)
    return silentSince ? <NoAnswer since={silentSince} /> : <p className="loading">Loading the map…</p>;
  if (board.status.data?.flows === 0) return <NoData />;
  if (loading) return <p className="loading">Loading flows…</p>;
  return (
    <>
      {narrowed && (
        <p className="narrowed">
          Only {narrowed.words}{' '}
          <span className="muted small">
            found by names and addresses, so a few of others may be among them
          </span>{' '}
          <button
            type="button"
            onClick={() => {
              update({ selected: null });
            }}
          >
            Show all flows
          </button>
        </p>
      )}
      <FlowTable
        flags={flags}
        liveSeq={board.live.map?.seq ?? 0}
        filtered={flags.length > 0}
        onClearFilters={() => {
          update(noFilters);
        }}
      />
    </>
  );
}

/** Of repeated expressions each may hold, of these both must. */
function both(one: string, other: string): string {
  return one === '' ? other : `(${one}) and ${other}`;
}
