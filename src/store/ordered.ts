import type { EventPosition, EventQuery, FlowPosition, FlowQuery } from './queries.js';

/** The one order of flows: by time, then by number, so that it is total and pages can be cut anywhere. */
export function comparePositions(order: FlowQuery['order']): (a: FlowPosition, b: FlowPosition) => number {
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => sign * (a.time < b.time ? -1 : a.time > b.time ? 1 : a.seq - b.seq);
}

/** That of events, of which some have no time: they come before all others. */
export function compareEvents(order: EventQuery['order']): (a: EventPosition, b: EventPosition) => number {
  if (order === 'arrival') return (a, b) => a.id - b.id;
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => sign * (compareTimes(a.time, b.time) || a.id - b.id);
}

function compareTimes(a: bigint | undefined, b: bigint | undefined): number {
  if (a === b) return 0;
  return a === undefined || (b !== undefined && a < b) ? -1 : 1;
}
