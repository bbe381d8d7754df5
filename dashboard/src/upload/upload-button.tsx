import { useRef, type JSX } from 'react';

export function UploadButton({ onFiles }: { onFiles: (files: File[]) => void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        className="visually-hidden"
        data-testid="upload-input"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Capture files"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <button type="button" className="primary" onClick={() => input.current?.click()}>
        Import capture
      </button>
    </>
  );
}
