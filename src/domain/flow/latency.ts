import type { Flow } from './flow.js';
import { isObject, numberOf } from './json.js';
import { recogniseRecord } from './record.js';

/**
 * How long a request took until this answer, in nanoseconds; undefined where it was not measured. It stands in the
 * record only: equal messages are shared between flows, and no two of them took equally long.
 */
export function latencyOf(flow: Flow & { readonly record?: string }): number | undefined {
  if (flow.l7?.type !== 'RESPONSE' || flow.record === undefined) return undefined;
  const record = recogniseRecord(JSON.parse(flow.record));
  const l7 = record?.kind === 'flow' ? record.flow['l7'] : undefined;
  if (!isObject(l7)) return undefined;
  const latency = numberOf(l7['latency_ns'] ?? l7['latencyNs']);
  return latency > 0 ? latency : undefined;
}
