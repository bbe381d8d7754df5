import { useState, type JSX } from 'react';
import { VerdictBadge } from '../edges/verdict-badge.js';
import type { EdgeClass } from '../map/edge-class.js';
import { JsonBlock } from '../ui/json-block.js';
import { shorten } from '../ui/shown.js';
import { Time } from '../ui/time.js';
import { toView } from './record-view.js';
import type { FlowRow as Row } from './use-flows.js';

const COLUMNS = 8;
/** The whole is in the title, and in the record. */
const LONGEST = 120;

const kinds: Record<string, EdgeClass> = {
  FORWARDED: 'forwarded',
  REDIRECTED: 'forwarded',
  DROPPED: 'dropped',
  AUDIT: 'audit',
};

export function FlowRow({ row }: { row: Row }): JSX.Element {
  const [open, setOpen] = useState(false);
  const view = toView(row.record, row.arrival);
  return (
    <>
      <tr
        className={open ? 'row selected' : 'row'}
        data-testid="flow-row"
        onClick={() => {
          setOpen(!open);
        }}
      >
        <td>
          <button type="button" className="link" aria-expanded={open} aria-label={`Record of ${view.time}`}>
            <Time value={view.time} show="milliseconds too" />
          </button>
          {row.arrival && <span className="muted small"> arrival</span>}
        </td>
        <td>
          {view.verdict && (
            <VerdictBadge kind={kinds[view.verdict] ?? 'other'} text={view.verdict.toLowerCase()} />
          )}
        </td>
        <td className="clip" title={view.source}>
          {shorten(view.source, LONGEST)}
        </td>
        <td className="clip" title={view.destination}>
          {view.isReply && <span className="muted small">reply to </span>}
          {shorten(view.destination, LONGEST)}
        </td>
        <td>{view.port}</td>
        <td className="mono small">{view.dropReason}</td>
        <td className="clip" title={view.l7}>
          {shorten(view.l7, LONGEST)}
        </td>
        <td className="muted type">{view.type}</td>
      </tr>
      {open && (
        <tr className="record">
          <td colSpan={COLUMNS}>
            <JsonBlock value={row.record} />
          </td>
        </tr>
      )}
    </>
  );
}
