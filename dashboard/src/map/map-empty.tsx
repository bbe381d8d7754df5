import type { JSX } from 'react';
import type { ApiError } from '../api/http.js';
import type { UpdateView, ViewState } from '../state/view-state.js';
import { NoAnswer } from '../ui/no-answer.js';
import { NoData } from '../ui/no-data.js';
import { EmptyNotice, ErrorNotice } from '../ui/notice.js';
import { shownName } from '../ui/shown.js';

interface Props {
  /** Nodes of the map before the toggles; null while it is loading. */
  size: number | null;
  state: ViewState;
  error: ApiError | null;
  silentSince: string | null;
  update: UpdateView;
}

export const noFilters = { namespace: '', verdict: '', query: '', find: '', selected: null } as const;

/** Why there is nothing to see, and what to do about it. */
export function MapEmpty({ size, state, error, silentSince, update }: Props): JSX.Element {
  const clear = (
    <button
      type="button"
      onClick={() => {
        update({ ...noFilters, hideDns: false, onlyDrops: false });
      }}
    >
      Clear filters
    </button>
  );
  if (size === null && error) {
    return (
      <EmptyNotice title="The map could not be loaded">
        <ErrorNotice message={error.message} />
        {clear}
      </EmptyNotice>
    );
  }
  if (size === null && silentSince) return <NoAnswer since={silentSince} />;
  if (size === null) return <p className="loading">Loading the map…</p>;
  if (size > 0) {
    return (
      <EmptyNotice title={state.onlyDrops ? 'No drops on this map' : 'Only DNS on this map'}>
        <p>The switches above hide every edge there is.</p>
        {clear}
      </EmptyNotice>
    );
  }
  if (state.namespace || state.verdict || state.query) {
    return (
      <EmptyNotice title="No flows match the filter">
        <p>
          {[
            state.namespace && `namespace ${shownName(state.namespace)}`,
            state.verdict && `verdict ${state.verdict}`,
            state.query,
          ]
            .filter(Boolean)
            .join(' and ')}{' '}
          in the flows held.
        </p>
        {clear}
      </EmptyNotice>
    );
  }
  return <NoData />;
}
