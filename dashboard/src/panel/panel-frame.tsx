import type { JSX, ReactNode } from 'react';

interface Props {
  kind: string;
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

export function PanelFrame({ kind, title, onClose, children }: Props): JSX.Element {
  return (
    <aside className="panel" data-testid="panel" aria-label={kind}>
      <header>
        <div>
          <p className="muted small">{kind}</p>
          <h2>{title}</h2>
        </div>
        <button type="button" className="icon" aria-label="Close panel" title="Close (Esc)" onClick={onClose}>
          ×
        </button>
      </header>
      <div className="panel-body">{children}</div>
    </aside>
  );
}
