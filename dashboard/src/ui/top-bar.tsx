import type { JSX } from 'react';
import type { Connection } from '../api/live.js';
import type { Theme } from '../state/use-theme.js';
import type { View } from '../state/view-state.js';
import { UploadButton } from '../upload/upload-button.js';
import { LiveIndicator } from './live-indicator.js';
import { Tabs } from './tabs.js';

interface Props {
  view: View;
  onView: (view: View) => void;
  drops: number | null;
  connection: Connection;
  lastChange: string | null;
  silentSince: string | null;
  theme: Theme;
  onTheme: () => void;
  onHelp: () => void;
  onFiles: (files: File[]) => void;
}

export function TopBar(props: Props): JSX.Element {
  const other = props.theme === 'dark' ? 'light' : 'dark';
  return (
    <header className="top-bar">
      <h1>Flowatlas</h1>
      <Tabs view={props.view} onView={props.onView} drops={props.drops} />
      <span className="spacer" />
      <LiveIndicator
        connection={props.connection}
        lastChange={props.lastChange}
        silentSince={props.silentSince}
      />
      <UploadButton onFiles={props.onFiles} />
      <button
        type="button"
        className="icon"
        onClick={props.onTheme}
        aria-label={`Use the ${other} theme`}
        title={`Use the ${other} theme`}
      >
        {props.theme === 'dark' ? '☀' : '☾'}
      </button>
      <button
        type="button"
        className="icon"
        onClick={props.onHelp}
        aria-label="Help"
        title="Keys and help (?)"
      >
        ?
      </button>
    </header>
  );
}
