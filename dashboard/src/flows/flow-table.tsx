import type { JSX } from 'react';
import type { Flag } from '../api/flag.js';
import { plural } from '../ui/format.js';
import { EmptyNotice, ErrorNotice } from '../ui/notice.js';
import { FlowRow } from './flow-row.js';
import { useFlows, type Flows } from './use-flows.js';

interface Props {
  flags: readonly Flag[];
  liveSeq: number;
  filtered: boolean;
  onClearFilters: () => void;
}

export function FlowTable({ flags, liveSeq, filtered, onClearFilters }: Props): JSX.Element {
  const flows = useFlows(flags, liveSeq);
  const fresh = flows.seq === 0 ? 0 : Math.max(0, liveSeq - flows.seq);
  if (flows.rows.length === 0) return <NoRows flows={flows} filtered={filtered} onClear={onClearFilters} />;
  return (
    <div className="table-scroll">
      {fresh > 0 && !flows.loading && (
        <button type="button" className="fresh" onClick={flows.reload}>
          {filtered ? `Up to ${plural(fresh, 'new flow')}: show` : `${plural(fresh, 'new flow')}: show`}
        </button>
      )}
      <table>
        <caption>Newest first, as Hubble recorded them. A row opens the whole record.</caption>
        <FlowHead />
        <tbody>
          {flows.rows.map((row, index) => (
            <FlowRow key={index} row={row} />
          ))}
        </tbody>
      </table>
      <footer className="table-foot">
        {flows.error && <ErrorNotice message={flows.error.message} />}
        {flows.next ? (
          <button type="button" onClick={flows.older} disabled={flows.loading}>
            {flows.loading ? 'Loading…' : 'Load older'}
          </button>
        ) : (
          <span className="muted">That is all: {plural(flows.rows.length, 'flow')}.</span>
        )}
      </footer>
    </div>
  );
}

const columns = [
  'Time (UTC)',
  'Verdict',
  'Source',
  'Destination',
  'Server port',
  'Drop reason',
  'L7',
  'Type',
];

function FlowHead(): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map((name) => (
          <th scope="col" key={name}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function NoRows({
  flows,
  filtered,
  onClear,
}: {
  flows: Flows;
  filtered: boolean;
  onClear: () => void;
}): JSX.Element {
  if (flows.loading) return <p className="loading">Loading flows…</p>;
  if (flows.error) {
    return (
      <ErrorNotice message={flows.error.message}>
        <button type="button" onClick={flows.reload}>
          Try again
        </button>
      </ErrorNotice>
    );
  }
  return (
    <EmptyNotice title={filtered ? 'No flows match the filter' : 'No flows stored yet'}>
      {filtered && (
        <button type="button" onClick={onClear}>
          Clear filters
        </button>
      )}
    </EmptyNotice>
  );
}
