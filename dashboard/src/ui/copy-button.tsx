import { useEffect, useState, type JSX } from 'react';

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

/** Plain HTTP from another host has no clipboard interface. */
function copyTheOldWay(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without that interface
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

export function CopyButton({ text, children }: { text: string; children: string }): JSX.Element {
  const [result, setResult] = useState<'' | 'Copied' | 'Not allowed to copy'>('');
  useEffect(() => {
    if (!result) return;
    const timer = setTimeout(() => {
      setResult('');
    }, 2_000);
    return () => {
      clearTimeout(timer);
    };
  }, [result]);
  const onClick = (): void => {
    void copy(text).then((done) => {
      setResult(done ? 'Copied' : 'Not allowed to copy');
    });
  };
  return (
    <button type="button" onClick={onClick} title={text.length < 300 ? text : undefined}>
      <span aria-live="polite">{result || children}</span>
    </button>
  );
}
