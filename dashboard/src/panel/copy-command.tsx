import type { JSX } from 'react';
import type { Flag } from '../api/flag.js';
import { CopyButton } from '../ui/copy-button.js';
import { hubbleCommand } from './hubble-command.js';

export function CopyCommand({ flags }: { flags: readonly Flag[] }): JSX.Element {
  const command = hubbleCommand(flags);
  if (command !== null) return <CopyButton text={command}>Copy hubble command</CopyButton>;
  return (
    <p className="muted small" data-testid="no-command">
      No hubble command: a name has characters that a terminal would obey or hide.
    </p>
  );
}
