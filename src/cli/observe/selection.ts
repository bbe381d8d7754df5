import { parseTime, type Window } from '../../domain/filter/window.js';
import { WrongUse } from '../wrong-use.js';

/** Flags that say how much is shown, and of when. */
export interface SelectionFlags {
  since?: string;
  until?: string;
  first?: number;
  last?: number;
  all?: boolean;
  follow?: boolean;
}

/** How much of what matches is shown. */
export interface Selection {
  window: Window;
  /** The oldest or the newest so many, never both; undefined is all. */
  first: number | undefined;
  last: number | undefined;
  follow: boolean;
}

/** Of a server that is asked for nothing in particular, as in Hubble. */
const DEFAULT_LAST = 20;
/** As in Hubble: they are held in memory until the end is known. */
const MOST_LAST = 1_000_000;

/** The rules of `hubble observe`: what goes with what, and what is meant where nothing is said. */
export function readSelection(flags: SelectionFlags, source: 'file' | 'server', now: number): Selection {
  const first = flags.first === 0 ? undefined : flags.first;
  const last = flags.last === 0 ? undefined : flags.last;
  const { all = false } = flags;
  const follow = flags.follow === true && source === 'server';
  const asked = { first: first !== undefined, last: last !== undefined, all, follow };
  for (const [one, other] of CONFLICTS)
    if (asked[one] && asked[other]) throw new WrongUse(`--${one} and --${other} do not go together`);
  if ((last ?? 0) > MOST_LAST) throw new WrongUse(`--last is at most ${MOST_LAST.toLocaleString('en')}`);
  // What is followed has no end, as in Hubble; a file has one.
  const window = readWindow(follow ? { ...flags, until: undefined } : flags, now);
  const isPlain = window.since === undefined && window.until === undefined && first === undefined;
  const byDefault = isPlain && !all && source === 'server' && !follow ? DEFAULT_LAST : undefined;
  return { window, first, last: last ?? byDefault, follow };
}

const CONFLICTS = [
  ['first', 'last'],
  ['first', 'all'],
  ['first', 'follow'],
  ['last', 'all'],
] as const;

function readWindow({ since, until }: { since?: string; until?: string | undefined }, now: number): Window {
  const window = {
    since: since === undefined ? undefined : parseTime('since', since, now),
    until: until === undefined ? undefined : parseTime('until', until, now),
  };
  if (window.since !== undefined && window.until !== undefined && window.since > window.until)
    throw new WrongUse('--since is later than --until');
  return window;
}
