import type { JSX } from 'react';
import { byCount, formatCount } from '../ui/format.js';
import { shownName } from '../ui/shown.js';

interface Props {
  title: string;
  counts: Readonly<Record<string, number>>;
  /** More words for a name, under it. */
  explain?: (name: string) => string;
  leftOut?: number;
  note?: string;
}

export function CountsTable({ title, counts, explain, leftOut, note }: Props): JSX.Element | null {
  const rows = byCount(counts);
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      {note && <p className="muted small">{note}</p>}
      <table className="counts">
        <tbody>
          {rows.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">
                {shownName(name)}
                {explain?.(name) ? <span className="muted small">{explain(name)}</span> : null}
              </th>
              <td className="number">{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {leftOut ? <p className="muted small">and {formatCount(leftOut)} more, not listed</p> : null}
    </section>
  );
}
