import { useEffect, useState } from 'react';
import { fetchHints } from '../api/queries.js';

/** A comparison at the end of the text whose value is being typed. */
const LAST_VALUE = /(?:^|[\s(])([a-z][a-z-]*)\s*(?:!?=|\sin\s*\((?:[^()]*,)?)\s*["']?([^\s()"',]*)$/;
/** Milliseconds without a key. */
const PAUSE = 200;

/** The text with the value at its end completed by those that flows have. */
export function useCompletions(text: string, namespace: string): readonly string[] {
  const [completions, setCompletions] = useState<readonly string[]>([]);
  useEffect(() => {
    setCompletions([]);
    const match = LAST_VALUE.exec(text);
    const [, field, prefix] = match ?? [];
    if (field === undefined || prefix === undefined) return;
    const abort = new AbortController();
    const before = text.slice(0, text.length - prefix.length).replace(/["']$/, '');
    const timer = setTimeout(() => {
      fetchHints(field, prefix, namespace, abort.signal)
        .then(({ values }) => {
          setCompletions(values.map(({ value }) => before + quoted(value)));
        })
        // A name that has no hints is told when the expression is asked.
        .catch(() => undefined);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, namespace]);
  return completions;
}

function quoted(value: string): string {
  return /[\s()"',]/.test(value) ? `"${value.replace(/["\\]/g, String.raw`\$&`)}"` : value;
}
