import type { JSX, ReactNode } from 'react';
import type { Fold } from '../state/use-fold.js';
import type { UpdateView } from '../state/view-state.js';
import { formatCount } from '../ui/format.js';
import { shownName } from '../ui/shown.js';

interface Props {
  namespace: string;
  fold: Fold | null;
  /** As a map, not as a table, in which there is nothing to double-click. */
  drawn?: boolean;
  update: UpdateView;
  children?: ReactNode;
}

/** Where in the cluster the map is, and why it may show less than asked. */
export function MapNotes({ namespace, fold, drawn, update, children }: Props): JSX.Element {
  return (
    <div className="map-notes">
      {namespace && (
        <nav aria-label="Breadcrumb">
          <button
            type="button"
            className="link"
            onClick={() => {
              update({ namespace: '', level: null, selected: null });
            }}
          >
            All namespaces
          </button>
          <span className="muted"> › </span>
          <strong>{shownName(namespace)}</strong> <span className="muted">and its neighbours</span>
        </nav>
      )}
      {fold && (
        <p data-testid="fold-notice">
          Showing namespaces: {formatCount(fold.nodes)} workloads with {formatCount(fold.edges)} edges would
          not be readable. {drawn && 'Double-click a namespace to look inside. '}
          <button
            type="button"
            className="link"
            onClick={() => {
              update({ level: 'workload', selected: null });
            }}
          >
            Show workloads anyway
          </button>
        </p>
      )}
      {children}
    </div>
  );
}
