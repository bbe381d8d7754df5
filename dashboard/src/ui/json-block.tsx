import { useMemo, type JSX } from 'react';
import { CopyButton } from './copy-button.js';

export function JsonBlock({ value }: { value: unknown }): JSX.Element {
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  return (
    <div className="json">
      <CopyButton text={text}>Copy JSON</CopyButton>
      <pre tabIndex={0} aria-label="Record as JSON">
        {text}
      </pre>
    </div>
  );
}
