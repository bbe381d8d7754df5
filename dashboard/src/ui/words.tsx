import type { JSX } from 'react';
import { shown } from './shown.js';

/** A sentence of the server, in which `backticks` mark what to type. */
export function Words({ text }: { text: string }): JSX.Element {
  const parts = shown(text).split('`');
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
