import type { JSX } from 'react';
import { edgeClassWords, type EdgeClass } from '../map/edge-class.js';
import { shownName } from '../ui/shown.js';

const signs: Record<EdgeClass, string> = { forwarded: '✓', dropped: '✕', mixed: '◐', audit: '◇', other: '·' };

export function VerdictBadge({ kind, text }: { kind: EdgeClass; text?: string }): JSX.Element {
  return (
    <span className={`badge ${kind}`}>
      <span aria-hidden="true">{signs[kind]}</span> {shownName(text ?? edgeClassWords[kind])}
    </span>
  );
}
