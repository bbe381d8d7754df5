import type { MapEdge } from '../../../src/service-map/service-map.schema.js';
import { formatCount } from '../ui/format.js';

type Latency = NonNullable<MapEdge['latency']>;

/** "p50 2.1 ms, p95 40 ms, p99 1.2 s, 310 of 400 answers measured" */
export function latencyWords({ p50, p95, p99, measured, paired = 0, of }: Latency): string {
  const known = Object.entries({ p50, p95, p99 }).flatMap(([name, value]) =>
    value === null ? [] : [`${name} ${formatMilliseconds(value)}`],
  );
  const share = measured === of ? [] : [`${formatCount(measured)} of ${formatCount(of)} answers measured`];
  const found = paired === 0 ? [] : [`${formatCount(paired)} of them by pairing with their requests`];
  return [...known, ...share, ...found].join(', ');
}

export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${digits(milliseconds / 1_000)} s`;
  return milliseconds >= 1 ? `${digits(milliseconds)} ms` : `${digits(milliseconds * 1_000)} µs`;
}

/** Three digits are all that is known. */
function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
