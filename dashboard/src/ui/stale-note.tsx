import type { JSX } from 'react';
import { Time } from './time.js';

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

/** Over what is still shown, while there is nobody to tell anything newer. */
export function OldNote({ since }: { since: string | null }): JSX.Element {
  return (
    <p className="stale-note" role="status" data-testid="old-note">
      The server has not answered since <Time value={since} show="time of day" utc />: this is what it told
      before. It is tried again.
    </p>
  );
}
