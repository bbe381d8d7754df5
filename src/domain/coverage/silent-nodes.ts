import type { Window } from '../filter/window.js';
import { minuteOf } from './node-minute.js';

/** When a node last told of a flow. */
export interface LastHeard {
  node: string;
  last: bigint;
}

/** One that was silent for longer before a window began is taken for removed. Nanoseconds. */
const REMEMBERED = 3_600_000_000_000n;

/**
 * Nodes that told of nothing for a whole minute or more up to the end of a window, while others did, of those that
 * were heard in it or in the hour before it: an answer about the last five minutes must tell of a node that fell
 * silent ten minutes ago. `heard` is up to the end of the window. The one that fell silent last comes first.
 */
export function silentNodes(heard: readonly LastHeard[], { since }: Window): LastHeard[] {
  let newest: bigint | undefined;
  for (const { last } of heard) if (newest === undefined || last > newest) newest = last;
  if (newest === undefined || (since !== undefined && newest < since)) return [];
  const end = minuteOf(Number(newest));
  return heard
    .filter(({ last }) => since === undefined || last >= since - REMEMBERED)
    .filter(({ last }) => minuteOf(Number(last)) + 2 <= end)
    .sort((a, b) => (a.last > b.last ? -1 : a.last < b.last ? 1 : a.node < b.node ? -1 : 1));
}
