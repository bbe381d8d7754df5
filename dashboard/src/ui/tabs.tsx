import type { JSX, KeyboardEvent } from 'react';
import { views, type View } from '../state/view-state.js';
import { formatCount } from './format.js';

const names: Record<View, string> = { map: 'Map', edges: 'Edges', drops: 'Drops', flows: 'Flows' };

interface Props {
  view: View;
  onView: (view: View) => void;
  drops: number | null;
}

export function Tabs({ view, onView, drops }: Props): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = views[(views.indexOf(view) + step + views.length) % views.length];
    if (!next) return;
    onView(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Views" onKeyDown={onKeyDown}>
      {views.map((name, index) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === view}
          aria-controls="view"
          tabIndex={name === view ? 0 : -1}
          title={`${names[name]} (${String(index + 1)})`}
          onClick={() => {
            onView(name);
          }}
        >
          {names[name]}
          {name === 'drops' && drops !== null && drops > 0 && (
            <span className="tab-count">{formatCount(drops)}</span>
          )}
        </button>
      ))}
    </div>
  );
}
