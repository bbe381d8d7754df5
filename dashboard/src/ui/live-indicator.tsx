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
}

export function LiveIndicator({ connection, lastChange }: Props): JSX.Element {
  return (
    <span className="live" data-testid="live-indicator" data-state={connection}>
      <span className="live-dot" aria-hidden="true" />
      <strong>{words[connection]}</strong>
      <span className="muted small live-time">
        {lastChange ? (
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
