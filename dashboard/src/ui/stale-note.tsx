import type { JSX } from 'react';

/** Over what is still shown, while the expression in the query box makes no sense. */
export function StaleNote({ query }: { query: string }): JSX.Element {
  return (
    <p className="stale-note" role="status" data-testid="stale-note">
      {query === '' ? (
        'Still without an expression: the one above cannot be asked.'
      ) : (
        <>
          Still of the last valid expression: <code>{query}</code>
        </>
      )}
    </p>
  );
}
