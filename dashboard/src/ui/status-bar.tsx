import type { JSX } from 'react';
import type { Coverage } from '../../../src/telemetry/coverage.schema.js';
import type { CoverageReport } from '../../../src/telemetry/coverage-report.schema.js';
import type { Status } from '../../../src/telemetry/status.schema.js';
import type { Loaded } from '../state/use-loaded.js';
import { formatCount, plural } from './format.js';
import { Gaps } from './gaps.js';
import { Time } from './time.js';

interface Props {
  status: Loaded<Status>;
  coverage: Coverage | null;
  gaps: CoverageReport | null;
}

/** What the page rests on: the window held, what is missing from it, and how it was sampled. */
export function StatusBar({ status, coverage, gaps }: Props): JSX.Element {
  const { data, error } = status;
  const lost = coverage?.eventsLost ?? data?.eventsLost ?? 0;
  return (
    <footer className="status-bar">
      {coverage && <Window coverage={coverage} />}
      {data && (
        <>
          <span>{plural(data.flows, 'flow')} stored</span>
          <span>{data.flowsPerSecond.toFixed(1)} flows/s</span>
        </>
      )}
      {error && <span className="bad">status unknown: {error.message}</span>}
      {lost > 0 && (
        <span className="warning" title="Hubble itself reported that it could not record these events">
          ⚠ {formatCount(lost)} events lost, says Hubble
        </span>
      )}
      {gaps && <Gaps report={gaps} />}
      {coverage?.note && (
        <span className="status-note" title={coverage.note}>
          {coverage.note}
        </span>
      )}
      {data && <span className="status-version">v{data.version}</span>}
    </footer>
  );
}

function Window({ coverage: { from, to } }: { coverage: Coverage }): JSX.Element {
  if (!from || !to) return <span>no flows in this window</span>;
  return (
    <span>
      Window <Time value={from} /> – <Time value={to} /> UTC
    </span>
  );
}
