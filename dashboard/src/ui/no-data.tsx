import type { JSX } from 'react';
import { CopyButton } from './copy-button.js';
import { EmptyNotice } from './notice.js';

/** To the server that this page is of, and on until it is stopped. The command line takes no path behind the origin. */
const COMMAND = `hubble observe -o jsonpb --follow | npx flowatlas import --server ${location.origin} -`;

export function NoData(): JSX.Element {
  return (
    <EmptyNotice title="No flows yet">
      <p>Drop a capture here, or run, in the folder of Flowatlas:</p>
      <p className="command">
        <code>{COMMAND}</code> <CopyButton text={COMMAND}>Copy</CopyButton>
      </p>
      <p className="muted small">The map fills by itself as flows arrive.</p>
    </EmptyNotice>
  );
}
