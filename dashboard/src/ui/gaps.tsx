import type { JSX } from 'react';
import type { CoverageReport } from '../../../src/telemetry/coverage-report.schema.js';
import { formatCount, formatTime, plural } from './format.js';
import { shown, shownName } from './shown.js';

type NodeReport = CoverageReport['nodes'][number];

interface Gap {
  node: string;
  /** Name of the explanation. */
  kind: string;
  text: string;
}

/** Which nodes did not tell of everything in the last hour; losses have their own place. */
export function Gaps({ report }: { report: CoverageReport }): JSX.Element | null {
  const gaps = report.nodes.flatMap(gapsOf);
  if (gaps.length === 0) return null;
  const nodes = new Set(gaps.map(({ node }) => node)).size;
  const explained = new Map(report.explanations.map(({ kind, words, hint }) => [kind, `${words} ${hint}`]));
  return (
    <details className="status-gaps warning" data-testid="gaps">
      <summary>⚠ {plural(nodes, 'node')} with gaps</summary>
      <ul aria-label="Gaps in the last hour">
        {gaps.map(({ node, kind, text }) => (
          <li key={`${node} ${kind}`} title={explained.get(kind)}>
            {shownName(node) || 'no node named'}: {shown(text)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function gapsOf({ node, last, silent, fellSilent, statuses, ahead, late, masked }: NodeReport): Gap[] {
  const status = statuses.at(-1);
  const told: [kind: string, text: string | false | undefined | null][] = [
    ['fellSilent', fellSilent && `silent since ${formatTime(last ?? '')}`],
    ['silent', silent.minutes > 0 && `${plural(silent.minutes, 'minute')} without a flow`],
    ['statuses', status && `${status.state} ${formatTime(status.time ?? '')} ${status.message}`],
    ['ahead', ahead && `clock ahead by ${formatCount(ahead.seconds)} s`],
    ['late', late && `flows up to ${formatCount(late.seconds)} s late`],
    ['masked', masked.length > 0 && `without ${masked.map(({ field }) => field).join(', ')}`],
  ];
  return told.flatMap(([kind, text]) => (text ? [{ node, kind, text }] : []));
}
