const numbers = new Intl.NumberFormat('en-US');

export function formatCount(n: number): string {
  return numbers.format(n);
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** "2026-06-01 10:00:00" out of RFC 3339; the text itself when it is something else. */
export function formatTime(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(toUtc(time));
  return match ? `${match[1] ?? ''} ${match[2] ?? ''}` : time;
}

/** "10:00:00.123" */
export function formatClock(time: string): string {
  const match = /T(\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?/.exec(toUtc(time));
  return match ? `${match[1] ?? ''}.${(match[2] ?? '').padEnd(3, '0')}` : time;
}

/** Hubble writes Z; a record edited by hand may carry an offset, whose digits would mislead here. */
function toUtc(time: string): string {
  if (!/[+-]\d\d:\d\d$/.test(time)) return time;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

export function byCount(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}
