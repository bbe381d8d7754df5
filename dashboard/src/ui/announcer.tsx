import { useEffect, useRef, useState, type JSX } from 'react';

const EVERY_MS = 4_000;

/** Tells screen readers about changes: politely, and not more often than one can listen. */
export function Announcer({ text }: { text: string }): JSX.Element {
  const [said, setSaid] = useState('');
  const lastAt = useRef(0);
  useEffect(() => {
    if (text === said) return;
    const wait = Math.max(0, lastAt.current + EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      lastAt.current = Date.now();
      setSaid(text);
    }, wait);
    return () => {
      clearTimeout(timer);
    };
  }, [text, said]);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
