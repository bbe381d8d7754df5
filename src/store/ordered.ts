import type { FlowPosition, FlowQuery } from './flow-store.js';

/** The one order of flows: by time, then by number, so that it is total and pages can be cut anywhere. */
export function comparePositions(order: FlowQuery['order']): (a: FlowPosition, b: FlowPosition) => number {
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => sign * (a.time < b.time ? -1 : a.time > b.time ? 1 : a.seq - b.seq);
}
