import type { Endpoint, Flow, Traits } from '../flow/flow.js';

/**
 * Fields that flows of every node carry, or most of them: where none of a node's flows has one, something took it
 * away on purpose (`hubble observe --field-mask`, the exporter's `fieldMask`), or Cilium is older than the field.
 * A name without `source.` or `destination.` in front of it means either end. The order is that of the bits.
 */
export const usualFields = [
  'time',
  'uuid',
  'verdict',
  'IP',
  'l4',
  'identity',
  'labels',
  'Type',
  'event_type',
  'node_name',
  'namespace',
  'pod_name',
  'workloads',
  'is_reply',
  'traffic_direction',
] as const;

export type UsualField = (typeof usualFields)[number];

/** Every flow has these; of the others, few flows may have none without a mask. */
const ALWAYS = 0b1111111111;
const ENOUGH_FLOWS = 20;

export const allFields = (1 << usualFields.length) - 1;

/** Bits of the fields that a flow carries, in the order of `usualFields`. */
export function fieldsOf({ time, uuid, source, destination, traits, node }: Flow): number {
  const own = (time === undefined ? 0 : 1) | (uuid === '' ? 0 : 2) | (node === '' ? 0 : 512);
  return own | endpointFields(source) | endpointFields(destination) | traitFields(traits);
}

/** What a flow carries of them if this is one of its ends. */
export function endpointFields({ ip, identity, labels, namespace, pod, workloads }: Endpoint): number {
  return (
    (ip === '' ? 0 : 8) |
    (identity === 0 ? 0 : 32) |
    (labels.length === 0 ? 0 : 64) |
    (namespace === '' ? 0 : 1_024) |
    (pod === '' ? 0 : 2_048) |
    (workloads.length === 0 ? 0 : 4_096)
  );
}

export function traitFields({ verdict, protocol, type, eventType, isReply, direction }: Traits): number {
  return (
    (verdict === '' ? 0 : 4) |
    (protocol === '' ? 0 : 16) |
    (type === '' ? 0 : 128) |
    (eventType === 0 ? 0 : 256) |
    (isReply === undefined ? 0 : 8_192) |
    (direction === '' ? 0 : 16_384)
  );
}

/** Which fields so many flows should have carried, and did not. */
export function missingOf(carried: number, flows: number): UsualField[] {
  const expected = flows < ENOUGH_FLOWS ? ALWAYS : allFields;
  const missing = expected & ~carried;
  return missing === 0 ? [] : usualFields.filter((_, bit) => (missing & (1 << bit)) !== 0);
}
