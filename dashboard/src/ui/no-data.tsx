import type { JSX } from 'react';
import { CopyButton } from './copy-button.js';
import { EmptyNotice } from './notice.js';

const COMMAND = 'hubble observe -o jsonpb | flowatlas import -';

export function NoData(): JSX.Element {
  return (
    <EmptyNotice title="No flows yet">
      <p>Drop a capture here, or run:</p>
      <p className="command">
        <code>{COMMAND}</code> <CopyButton text={COMMAND}>Copy</CopyButton>
      </p>
      <p className="muted small">The map fills by itself as flows arrive.</p>
    </EmptyNotice>
  );
}
