import type { Window } from '../domain/filter/window.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { FlowStore, NodeCoverage } from '../store/flow-store.js';
import type { Coverage } from './coverage.schema.js';
import type { Damage } from './damage.schema.js';

/** https://docs.cilium.io/en/stable/network/ebpf/intro/ and `monitor-aggregation` in the agent's options. */
export const SAMPLING_NOTE =
  'Flows are sampled: by default Hubble reports the first packet of a connection, changes of TCP flags, and then at most one packet every 5 seconds and direction, so counts are not traffic volume.';

/** What an answer about a window rests on. */
export function coverageOf(store: FlowStore, window: Window): Coverage {
  const nodes = store.coverage(window);
  const { from, to } = spanOf(nodes, window);
  const eventsLost = nodes.flatMap(({ lost }) => lost).reduce((sum, { events }) => sum + events, 0);
  return {
    from: format(from),
    to: format(to),
    keptSince: keptSince(store, window),
    eventsLost,
    note: SAMPLING_NOTE,
  };
}

/** Where retention reaches into the window; up to its end at most. */
export function keptSince(store: FlowStore, { since, until }: Window): string | null {
  const { until: removed } = store.removed();
  if (removed === undefined || (since !== undefined && removed < since)) return null;
  return format(until !== undefined && until < removed ? until : removed);
}

/** Damaged blocks that have flows of the window. */
export function damageReport(store: FlowStore, window: Window): Damage {
  return store
    .damage()
    .filter(({ oldest, newest }) => touches(window, oldest, newest))
    .map((range) => ({
      ...range,
      oldest: formatTimestamp(range.oldest),
      newest: formatTimestamp(range.newest),
    }));
}

export function touches({ since, until }: Window, from: bigint, to: bigint): boolean {
  return (since === undefined || to >= since) && (until === undefined || from <= until);
}

/** From the oldest to the newest flow, cut to the window. */
export function spanOf(
  nodes: readonly Pick<NodeCoverage, 'first' | 'last'>[],
  window: Window,
): { from: bigint | undefined; to: bigint | undefined } {
  let from: bigint | undefined;
  let to: bigint | undefined;
  for (const { first, last } of nodes) {
    if (first !== undefined && (from === undefined || first < from)) from = first;
    if (last !== undefined && (to === undefined || last > to)) to = last;
  }
  const { since, until } = window;
  if (from !== undefined && since !== undefined && from < since) from = since;
  if (to !== undefined && until !== undefined && to > until) to = until;
  return { from, to };
}

export function format(time: bigint | undefined): string | null {
  return time === undefined ? null : formatTimestamp(time);
}
