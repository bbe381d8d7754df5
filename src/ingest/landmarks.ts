import { Slot, type SlotReader } from './slot-reader.js';

/** What stands before each slot, in the order in which Hubble writes them. */
const landmarks: readonly (readonly [string, Slot, adjacent?: 'adjacent'])[] = [
  ['"time":"', Slot.time],
  ['"uuid":"', Slot.uuid],
  ['"ethernet":{"source":"', Slot.knownText],
  ['","destination":"', Slot.knownText, 'adjacent'],
  ['"IP":{"source":"', Slot.sourceAddress],
  ['","source_xlated":"', Slot.knownText, 'adjacent'],
  ['","destination":"', Slot.destinationAddress, 'adjacent'],
  ['"source_port":', Slot.sourcePort],
  ['"destination_port":', Slot.destinationPort],
  ['"source":', Slot.source],
  ['"destination":', Slot.destination],
  ['"node_name":"', Slot.node],
  ['"node_labels":', Slot.nodeLabels],
  ['"source_names":', Slot.sourceNames],
  ['"destination_names":', Slot.destinationNames],
  ['"l7":', Slot.l7],
  ['"source_service":', Slot.sourceService],
  ['"destination_service":', Slot.destinationService],
  ['"trace_id":"', Slot.ownText],
  ['"interface":', Slot.knownValue],
  ['"socket_cookie":"', Slot.ownText],
  ['"cgroup_id":"', Slot.knownText],
  ['"Summary":"', Slot.ownText],
  ['"egress_allowed_by":', Slot.egressAllowedBy],
  ['"ingress_allowed_by":', Slot.ingressAllowedBy],
  ['"egress_denied_by":', Slot.egressDeniedBy],
  ['"ingress_denied_by":', Slot.ingressDeniedBy],
  ['"node_name":"', Slot.nodeAgain],
  ['"time":"', Slot.timeAgain],
];

export interface FoundSlot {
  slot: Slot;
  from: number;
  to: number;
}

/**
 * The slots of a record that was parsed, as far as it has them, from front to back. What is in them
 * is left in the reader.
 */
export function findSlots(record: Buffer, reader: SlotReader): FoundSlot[] {
  const text = record.toString('latin1');
  const found: FoundSlot[] = [];
  let at = 0;
  for (const [landmark, slot, adjacent] of landmarks) {
    // Only a message on layer 7 has a summary of its own; others have a few dozen between them.
    if (slot === Slot.ownText && landmark.startsWith('"Summary') && reader.l7 === undefined) continue;
    const before = adjacent ? (text.startsWith(landmark, at) ? at : -1) : text.indexOf(landmark, at);
    if (before < 0) continue;
    const from = before + landmark.length;
    const to = reader.read(slot, from, record.length);
    if (to < 0) continue;
    found.push({ slot, from, to });
    at = to;
  }
  return found;
}
