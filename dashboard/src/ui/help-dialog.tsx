import { useEffect, useRef, type JSX } from 'react';

const keys: [string, string][] = [
  ['1 2 3 4', 'Map, Edges, Drops, Flows'],
  ['/', 'find a workload'],
  ['f', 'everything in view'],
  ['Esc', 'clear the selection'],
  ['?', 'this help'],
];

const gestures: [string, string][] = [
  ['Hover', 'lights the neighbours and fades the rest'],
  ['Click', 'opens the details of a node or an edge'],
  ['Double-click a namespace', 'shows the workloads inside it'],
  ['Drag a node', 'moves it; it stays there'],
  ['Drop files anywhere', 'imports captures'],
];

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <h2 id="help-title">Keys and gestures</h2>
      <dl className="keys">{keys.map(([key, words]) => helpRow(key, words, true))}</dl>
      <dl className="keys">{gestures.map(([what, words]) => helpRow(what, words, false))}</dl>
      <p className="muted small">
        The address of the page holds the view, the filters and the selection: copy it to show a colleague the
        same.
      </p>
      <button type="button" className="primary" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}

function helpRow(what: string, words: string, isKey: boolean): JSX.Element {
  return (
    <div key={what}>
      <dt>{isKey ? what.split(' ').map((key) => <kbd key={key}>{key}</kbd>) : what}</dt>
      <dd>{words}</dd>
    </div>
  );
}
