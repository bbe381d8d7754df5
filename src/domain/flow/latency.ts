import type { RecordedFlow } from './flow.js';
import { numberOf, objectOf } from './json.js';

/**
 * How long a request took until this answer, in nanoseconds; undefined where it was not measured. It stands in the
 * record only: equal messages are shared between flows, and no two of them took equally long.
 */
export function latencyOf({ l7, json }: RecordedFlow): number | undefined {
  if (l7 === undefined) return undefined;
  const { latency_ns, latencyNs } = objectOf(json['l7']);
  const latency = numberOf(latency_ns ?? latencyNs);
  return latency > 0 ? latency : undefined;
}
