import { useMemo, type JSX } from 'react';
import { CopyButton } from './copy-button.js';
import { shown } from './shown.js';

export function JsonBlock({ value }: { value: unknown }): JSX.Element {
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  // Lines break where JSON breaks them; in its texts a line break is written as one already.
  const lines = useMemo(() => text.split('\n').map(shown).join('\n'), [text]);
  return (
    <div className="json">
      <CopyButton text={text}>Copy JSON</CopyButton>
      <pre tabIndex={0} aria-label="Record as JSON">
        {lines}
      </pre>
    </div>
  );
}
