import type { JSX } from 'react';
import type { Connection } from '../api/live.js';
import { Time } from './time.js';

const words: Record<Connection, string> = {
  connected: 'Live',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',
};

interface Props {
  connection: Connection;
  lastChange: string | null;
  silentSince: string | null;
}

export function LiveIndicator({ connection, lastChange, silentSince }: Props): JSX.Element {
  return (
    <span className="live" data-testid="live-indicator" data-state={connection}>
      <span className="live-dot" aria-hidden="true" />
      <strong>{words[connection]}</strong>
      <span className="muted small live-time">
        {silentSince ? (
          <>
            no answer since <Time value={silentSince} show="time of day" utc />
          </>
        ) : lastChange ? (
          <>
            last change <Time value={lastChange} show="time of day" utc />
          </>
        ) : (
          'no change since loading'
        )}
      </span>
    </span>
  );
}
