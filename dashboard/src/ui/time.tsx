import type { JSX } from 'react';
import { formatClock, formatTime } from './format.js';

type Show = 'date and time' | 'milliseconds too' | 'time of day';

interface Props {
  value: string | null;
  show?: Show;
  /** Where no heading above says so. */
  utc?: boolean;
}

function text(value: string, show: Show): string {
  if (show === 'date and time') return formatTime(value);
  if (show === 'milliseconds too') return `${formatTime(value).slice(0, 11)}${formatClock(value)}`;
  return formatClock(value).replace(/\.\d+$/, '');
}

export function Time({ value, show = 'date and time', utc }: Props): JSX.Element {
  if (!value) return <span className="muted">no time</span>;
  return (
    <time dateTime={value} title={`${value} (UTC)`}>
      {text(value, show)}
      {utc ? ' UTC' : ''}
    </time>
  );
}
