import type { KnownValues, KnownValue } from './known-values.js';

/** What differs between flows that are otherwise told alike. */
export type SlotName =
  | 'time'
  | 'uuid'
  | 'sourceAddress'
  | 'destinationAddress'
  | 'sourcePort'
  | 'destinationPort'
  | 'source'
  | 'destination'
  | 'node'
  | 'nodeLabels'
  | 'ignoredText'
  | 'ignoredNumber';

/** Where a slot stands in its record: from the first character to behind the last. */
export interface Slot {
  name: SlotName;
  from: number;
  to: number;
  known: KnownValue | undefined;
}

/** What stands before each slot, in the order in which Hubble writes them. */
const landmarks: readonly (readonly [string, SlotName])[] = [
  ['"time":"', 'time'],
  ['"uuid":"', 'uuid'],
  ['"ethernet":{"source":"', 'ignoredText'],
  ['","destination":"', 'ignoredText'],
  ['"IP":{"source":"', 'sourceAddress'],
  ['","destination":"', 'destinationAddress'],
  ['"source_port":', 'sourcePort'],
  ['"destination_port":', 'destinationPort'],
  ['"source":', 'source'],
  ['"destination":', 'destination'],
  ['"node_name":"', 'node'],
  ['"node_labels":', 'nodeLabels'],
  ['"interface":{"index":', 'ignoredNumber'],
  [',"name":"', 'ignoredText'],
  ['"socket_cookie":"', 'ignoredText'],
  ['"cgroup_id":"', 'ignoredText'],
  ['"node_name":"', 'ignoredText'],
  ['"time":"', 'ignoredText'],
];
/** These belong to what stands before them and count only right behind it. */
const ADJACENT = new Set(['","destination":"', ',"name":"']);

/** The slots of a record, as far as it has them, from front to back. */
export function findSlots(record: Buffer, known: KnownValues): Slot[] {
  const text = record.toString('latin1');
  const slots: Slot[] = [];
  let at = 0;
  for (const [landmark, name] of landmarks) {
    const found = ADJACENT.has(landmark)
      ? text.startsWith(landmark, at)
        ? at
        : -1
      : text.indexOf(landmark, at);
    if (found < 0) continue;
    const slot = readSlot(record, name, found + landmark.length, slots, known);
    if (slot === undefined) continue;
    slots.push(slot);
    at = slot.to;
  }
  return slots;
}

/**
 * The slot of this kind that begins at `from`, or undefined: texts are plain ASCII without escapes
 * up to the next quote, numbers plain digits, objects known to the letter. So whatever stands in a
 * slot, the JSON around it means the same.
 */
export function readSlot(
  record: Buffer,
  name: SlotName,
  from: number,
  before: readonly Slot[],
  known: KnownValues,
): Slot | undefined {
  switch (name) {
    case 'sourcePort':
    case 'destinationPort':
    case 'ignoredNumber':
      return numberSlot(record, name, from);
    case 'source':
      return knownSlot(record, name, from, slotOf(before, 'sourceAddress'), known);
    case 'destination':
      return knownSlot(record, name, from, slotOf(before, 'destinationAddress'), known);
    case 'nodeLabels':
      return knownSlot(record, name, from, slotOf(before, 'node'), known);
    default:
      return textSlot(record, name, from);
  }
}

const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const CLOSE_BRACE = 125;
const LAST_ASCII = 126;

function textSlot(record: Buffer, name: SlotName, from: number): Slot | undefined {
  for (let at = from; at < record.length; at++) {
    const code = record[at] ?? 0;
    if (code === QUOTE) return { name, from, to: at, known: undefined };
    if (code === BACKSLASH || code < 32 || code > LAST_ASCII) return undefined;
  }
  return undefined;
}

function numberSlot(record: Buffer, name: SlotName, from: number): Slot | undefined {
  let at = from;
  while (at < record.length && (record[at] ?? 0) >= ZERO && (record[at] ?? 0) <= NINE) at++;
  const end = record[at];
  if (at === from || (end !== COMMA && end !== CLOSE_BRACE)) return undefined;
  // 0123 is no JSON.
  if (record[from] === ZERO && at - from > 1) return undefined;
  return { name, from, to: at, known: undefined };
}

function knownSlot(
  record: Buffer,
  name: SlotName,
  from: number,
  key: Slot | undefined,
  values: KnownValues,
): Slot | undefined {
  const known = values.find(record, key, from);
  return known === undefined ? undefined : { name, from, to: from + known.bytes.length, known };
}

export function slotOf(slots: readonly Slot[], name: SlotName): Slot | undefined {
  for (const slot of slots) if (slot.name === name) return slot;
  return undefined;
}

/** Slots hold plain ASCII. */
export function slotText(record: Buffer, slot: Slot | undefined): string {
  return slot === undefined ? '' : record.toString('latin1', slot.from, slot.to);
}
