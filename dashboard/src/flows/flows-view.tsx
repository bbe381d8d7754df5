import type { JSX } from 'react';
import { filterFlags, type Flag } from '../api/queries.js';
import { noFilters } from '../map/map-empty.js';
import { nodeFullName } from '../map/node-words.js';
import { portLabel } from '../map/edge-class.js';
import { edgeFlags, nodeFlags } from '../panel/hubble-command.js';
import type { Dashboard } from '../state/use-dashboard.js';
import type { Selection, UpdateView, ViewState } from '../state/view-state.js';
import { NoData } from '../ui/no-data.js';
import { FlowTable } from './flow-table.js';

interface Props {
  board: Dashboard;
  state: ViewState;
  update: UpdateView;
}

export function FlowsView({ board, state, update }: Props): JSX.Element {
  const narrowed = narrow(board, state.selected);
  // Hubble refuses a namespace beside the namespace of one side, so a selection stands for both.
  const flags = narrowed
    ? [...narrowed.flags, ...filterFlags({ ...state, namespace: '' })]
    : filterFlags(state);
  if (state.selected && !board.map) return <p className="loading">Loading the map…</p>;
  if (board.status.data?.flows === 0) return <NoData />;
  return (
    <>
      {narrowed && (
        <p className="narrowed">
          Only {narrowed.words}{' '}
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

function narrow(board: Dashboard, selected: Selection | null): { flags: Flag[]; words: string } | null {
  if (!selected || !board.map) return null;
  const { nodes, edges } = board.map;
  const edge = selected.kind === 'edge' ? edges.get(selected.id) : undefined;
  const node = nodes.get(selected.kind === 'node' ? selected.id : (edge?.source ?? ''));
  const target = edge && nodes.get(edge.target);
  if (!node) return null;
  if (!edge || !target) return some(nodeFlags(node, ''), `flows from or to ${nodeFullName(node)}`);
  const words = `requests from ${nodeFullName(node)} to ${nodeFullName(target)} ${portLabel(edge)}`;
  return some(edgeFlags(edge, node, target), words);
}

/** An endpoint nobody could name cannot be asked for. */
function some(flags: Flag[], words: string): { flags: Flag[]; words: string } | null {
  return flags.length > 0 ? { flags, words } : null;
}
