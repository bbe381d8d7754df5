import type { JSX, ReactNode } from 'react';
import { shown } from './shown.js';

interface Props {
  title: string;
  children?: ReactNode;
}

/** Instead of an empty area: says why it is empty and what to do. */
export function EmptyNotice({ title, children }: Props): JSX.Element {
  return (
    <div className="empty" role="status">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function ErrorNotice({ message, children }: { message: string; children?: ReactNode }): JSX.Element {
  return (
    <p className="error-notice" role="alert">
      <strong>{shown(message)}</strong> {children}
    </p>
  );
}
