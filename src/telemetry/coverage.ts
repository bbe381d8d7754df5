import { wholeMinutes } from '../domain/coverage/node-minute.js';
import { silentNodes } from '../domain/coverage/silent-nodes.js';
import type { Window } from '../domain/filter/window.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { Extent, FlowStore, NodeCoverage } from '../store/flow-store.js';
import type { Span, SummedParts } from '../store/queries.js';
import type { Coverage } from './coverage.schema.js';
import type { Damage } from './damage.schema.js';

/** https://docs.cilium.io/en/stable/network/ebpf/intro/ and `monitor-aggregation` in the agent's options. */
export const SAMPLING_NOTE =
  'Flows are sampled: by default Hubble reports the first packet of a connection, changes of TCP flags, and then at most one packet every 5 seconds and direction, so counts are not traffic volume.';

/** Told by every answer, also in a header, which clients take up to 16 KiB; /coverage tells all. */
const MOST_SILENT = 10;
const LONGEST_NAME = 150;

/** What an answer about a window rests on. */
export function coverageOf(store: FlowStore, window: Window): Coverage {
  const extent = store.extent(window);
  const { from, to } = clipped(extent, window);
  const silent = silentNodes(store.lastHeard(wholeMinutes(window).until), window);
  const told = silent.slice(0, MOST_SILENT);
  return {
    from: format(from),
    to: format(to),
    keptSince: keptSince(store, window),
    eventsLost: extent.eventsLost,
    silentNodes: told.map(({ node, last }) => ({
      node: node.slice(0, LONGEST_NAME),
      lastHeard: formatTimestamp(last),
    })),
    silentNodesLeftOut: silent.length - told.length,
    note: SAMPLING_NOTE,
  };
}

/** The same as a header, which takes only ASCII. */
export function coverageHeader(coverage: Coverage): string {
  return JSON.stringify(coverage).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
export function spanOf(nodes: readonly Pick<NodeCoverage, 'first' | 'last'>[], window: Window): Clipped {
  let first: bigint | undefined;
  let last: bigint | undefined;
  for (const node of nodes) {
    if (node.first !== undefined && (first === undefined || node.first < first)) first = node.first;
    if (node.last !== undefined && (last === undefined || node.last > last)) last = node.last;
  }
  return clipped({ first, last }, window);
}

interface Clipped {
  from: bigint | undefined;
  to: bigint | undefined;
}

function clipped(
  { first: from, last: to }: Pick<Extent, 'first' | 'last'>,
  { since, until }: Window,
): Clipped {
  return {
    from: from !== undefined && since !== undefined && from < since ? since : from,
    to: to !== undefined && until !== undefined && to > until ? until : to,
  };
}

export function format(time: bigint | undefined): string | null {
  return time === undefined ? null : formatTimestamp(time);
}

function formatSpan({ from, to }: Span): { from: string; to: string } {
  return { from: formatTimestamp(from), to: formatTimestamp(to) };
}

/** What of an answer is told by sums. */
export function formatSummed({ hours, minutes }: SummedParts) {
  return {
    hours: hours === undefined ? null : formatSpan(hours),
    minutes:
      minutes === undefined ? null : { ...formatSpan(minutes), missing: minutes.missing.map(formatSpan) },
  };
}
