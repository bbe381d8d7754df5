import type { JSX } from 'react';
import { EmptyNotice } from './notice.js';
import { Time } from './time.js';

/** In place of what would otherwise load without an end. */
export function NoAnswer({ since }: { since: string }): JSX.Element {
  return (
    <EmptyNotice title="The server does not answer">
      <p>
        Since <Time value={since} show="time of day" utc />. It is tried again, and this page continues by
        itself.
      </p>
    </EmptyNotice>
  );
}
