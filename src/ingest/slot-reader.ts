import { readUuidAt, UUID_LENGTH, type FlowKey } from '../domain/flow/flow-key.js';
import { SlotKind } from '../domain/flow/template.js';
import { sameBytes, viewOf } from './byte-arena.js';
import { NONE } from './byte-numbers.js';
import type { KnownText, KnownValues, NotedLabels } from './known-values.js';
import { DEEPEST_PART, endOfValue } from './json-end.js';
import { TimeReader } from './time-reader.js';

/** Places in a record that differ between flows told alike, in small numbers: they are looked at for each record. */
export const Slot = {
  time: 0,
  uuid: 1,
  sourceAddress: 2,
  destinationAddress: 3,
  sourcePort: 4,
  destinationPort: 5,
  source: 6,
  destination: 7,
  node: 8,
  nodeLabels: 9,
  /** The same text as in the slot of that kind before. */
  timeAgain: 10,
  nodeAgain: 11,
  sourceNames: 12,
  destinationNames: 13,
  sourceService: 14,
  destinationService: 15,
  egressAllowedBy: 16,
  ingressAllowedBy: 17,
  egressDeniedBy: 18,
  ingressDeniedBy: 19,
  /** An object or array that many records repeat, and plain text of which the same is true. */
  knownValue: 20,
  knownText: 21,
  /** A text that is the record's own. */
  ownText: 22,
  l7: 23,
  /** A whole number that is the record's own. */
  ownNumber: 24,
  /** One that says how many flows the record stands for. */
  flowCount: 25,
} as const;

export type Slot = (typeof Slot)[keyof typeof Slot];

/** What a template calls them. */
export const kindOfSlot: Record<Slot, SlotKind> = {
  [Slot.time]: SlotKind.time,
  [Slot.uuid]: SlotKind.uuid,
  [Slot.sourceAddress]: SlotKind.sourceAddress,
  [Slot.destinationAddress]: SlotKind.destinationAddress,
  [Slot.sourcePort]: SlotKind.sourcePort,
  [Slot.destinationPort]: SlotKind.destinationPort,
  [Slot.source]: SlotKind.source,
  [Slot.destination]: SlotKind.destination,
  [Slot.node]: SlotKind.node,
  [Slot.nodeLabels]: SlotKind.nodeLabels,
  [Slot.timeAgain]: SlotKind.time,
  [Slot.nodeAgain]: SlotKind.node,
  [Slot.sourceNames]: SlotKind.sourceNames,
  [Slot.destinationNames]: SlotKind.destinationNames,
  [Slot.sourceService]: SlotKind.sourceService,
  [Slot.destinationService]: SlotKind.destinationService,
  [Slot.egressAllowedBy]: SlotKind.known,
  [Slot.ingressAllowedBy]: SlotKind.known,
  [Slot.egressDeniedBy]: SlotKind.known,
  [Slot.ingressDeniedBy]: SlotKind.known,
  [Slot.knownText]: SlotKind.known,
  [Slot.knownValue]: SlotKind.known,
  [Slot.ownText]: SlotKind.own,
  [Slot.l7]: SlotKind.l7,
  [Slot.ownNumber]: SlotKind.own,
  [Slot.flowCount]: SlotKind.own,
};

const QUOTE = 34;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const LAST_ASCII = 126;

/**
 * Reads the slots of one record, front to back. What a slot takes is JSON as it stands: texts are
 * plain ASCII without escapes up to the next quote, numbers are plain digits, objects are known to
 * the letter. So whatever stands in a slot, the JSON around it means the same.
 */
export class SlotReader {
  #bytes: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#bytes);
  time: bigint | undefined;
  /** The key that it is, if the record has one. */
  readonly uuid: FlowKey = new Uint32Array(4);
  hasUuid = false;
  sourcePort = 0;
  destinationPort = 0;
  /** Numbers of what is known, or `NONE`. */
  source = NONE;
  destination = NONE;
  sourceAddress = NONE;
  destinationAddress = NONE;
  node = NONE;
  sourceNames: KnownText | undefined;
  destinationNames: KnownText | undefined;
  sourceService: KnownText | undefined;
  destinationService: KnownText | undefined;
  nodeLabels: readonly string[] | undefined;
  /** The store's, of the node with these labels. */
  nodeNote: NotedLabels | undefined;
  /** Lists of policies, by their slots. */
  readonly policies: { slot: Slot; list: KnownText }[] = [];
  /** The parsed L7 message. */
  l7: unknown;
  /** Flows that the record stands for, as far as it counts them. */
  flowCount = 0;
  /** Filled anew for each record. */
  readonly knownTexts: KnownText[] = [];
  readonly ownTexts: Buffer[] = [];
  readonly #times = new TimeReader();
  #timeFrom = 0;
  #timeTo = 0;
  #nodeFrom = 0;
  #nodeTo = 0;
  /** Where an endpoint begins whose address comes later; `NONE` for none. */
  #sourceFrom = NONE;
  #destinationFrom = NONE;

  constructor(private readonly known: KnownValues) {}

  /** What follows is another record, somewhere in these bytes. Answers the view of them to read by. */
  start(bytes: Buffer): DataView {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.time = undefined;
    this.#timeFrom = this.#timeTo = this.#nodeFrom = this.#nodeTo = 0;
    this.#sourceFrom = this.#destinationFrom = NONE;
    this.hasUuid = false;
    this.sourcePort = this.destinationPort = 0;
    this.source = this.destination = NONE;
    this.sourceAddress = this.destinationAddress = NONE;
    this.node = NONE;
    this.sourceNames = this.destinationNames = undefined;
    this.sourceService = this.destinationService = undefined;
    this.nodeLabels = this.nodeNote = this.l7 = undefined;
    this.flowCount = 0;
    empty(this.policies);
    empty(this.knownTexts);
    empty(this.ownTexts);
    this.known.makeRoom();
    return this.#view;
  }

  /** Reads a slot that begins at `at`; answers where it ends, -1 where nothing of its kind stands there. */
  read(slot: Slot, at: number, end: number): number {
    switch (slot) {
      case Slot.time:
        return this.#readTime(at, end);
      case Slot.timeAgain:
        return this.#again(this.#timeFrom, this.#timeTo, at, end);
      case Slot.uuid:
        return this.#readUuid(at, end);
      case Slot.sourceAddress:
      case Slot.destinationAddress:
        return this.#readAddress(slot, at, end);
      case Slot.sourcePort:
      case Slot.destinationPort:
        return this.#readPort(slot, at, end);
      case Slot.source:
      case Slot.destination:
        return this.#readEndpoint(slot, at, end);
      case Slot.node:
        return this.#readNode(at, end);
      case Slot.nodeAgain:
        return this.#again(this.#nodeFrom, this.#nodeTo, at, end);
      case Slot.nodeLabels:
        return this.#readNodeLabels(at, end);
      case Slot.knownText:
        return this.#readKnownText(at, end);
      case Slot.ownText:
        return this.#readOwnText(at, end);
      case Slot.l7:
        return this.#readL7(at, end);
      case Slot.ownNumber:
        return this.#readOwnNumber(at, end);
      case Slot.flowCount:
        return this.#readFlowCount(at, end);
      default:
        return this.#readKnownValue(slot, at, end);
    }
  }

  #readTime(at: number, end: number): number {
    const to = this.#endOfText(at, end);
    if (to < 0 || !this.#times.read(this.#bytes, this.#view, at, to)) return NONE;
    this.time = this.#times.time;
    this.#timeFrom = at;
    this.#timeTo = to;
    return to;
  }

  #readUuid(at: number, end: number): number {
    const to = at + UUID_LENGTH;
    if (to >= end || this.#bytes[to] !== QUOTE || !readUuidAt(this.#bytes, at, this.uuid)) return NONE;
    this.hasUuid = true;
    return to;
  }

  #readAddress(slot: Slot, at: number, end: number): number {
    const to = this.#endOfText(at, end);
    if (to < 0) return NONE;
    const address = this.known.address(this.#view, at, to);
    if (address === NONE) return NONE;
    if (slot === Slot.sourceAddress) this.sourceAddress = address;
    else this.destinationAddress = address;
    return to;
  }

  #readPort(slot: Slot, at: number, end: number): number {
    let port = 0;
    let to = at;
    for (; to < end; to++) {
      const code = this.#view.getUint8(to);
      if (!isDigit(code)) break;
      port = port * 10 + code - ZERO;
      if (port > 65_535) return NONE;
    }
    // 0 is no port, and 080 is no JSON.
    if (to === at || this.#bytes[at] === ZERO) return NONE;
    if (slot === Slot.sourcePort) this.sourcePort = port;
    else this.destinationPort = port;
    return to;
  }

  #readEndpoint(slot: Slot, at: number, end: number): number {
    const address = slot === Slot.source ? this.sourceAddress : this.destinationAddress;
    if (address === NONE) return this.#putOff(slot, at, end);
    const endpoint = this.known.endpoint(address, this.#view, at, end);
    if (endpoint === NONE) return NONE;
    if (slot === Slot.source) this.source = endpoint;
    else this.destination = endpoint;
    return at + this.known.endpoints.lengthOf(endpoint);
  }

  #putOff(slot: Slot, at: number, end: number): number {
    if (slot === Slot.source) this.#sourceFrom = at;
    else this.#destinationFrom = at;
    return this.#endOfValue(at, end);
  }

  /** Reads what had to wait for the rest of the record. */
  settle(end: number): void {
    if (this.source === NONE && this.#sourceFrom !== NONE)
      this.#readEndpoint(Slot.source, this.#sourceFrom, end);
    if (this.destination === NONE && this.#destinationFrom !== NONE) {
      this.#readEndpoint(Slot.destination, this.#destinationFrom, end);
    }
  }

  #readNode(at: number, end: number): number {
    const to = this.#endOfText(at, end);
    if (to < 0) return NONE;
    const node = this.known.node(this.#view, at, to);
    if (node === NONE) return NONE;
    this.node = node;
    this.#nodeFrom = at;
    this.#nodeTo = to;
    return to;
  }

  #readNodeLabels(at: number, end: number): number {
    if (this.node === NONE) return this.#readAnyLabels(at, end);
    const labels = this.known.nodeLabels(this.node, this.#view, at, end);
    if (labels === NONE) return NONE;
    this.nodeNote = this.known.labels.valueOf(labels);
    this.nodeLabels = this.nodeNote?.list;
    return at + this.known.labels.lengthOf(labels);
  }

  #endOfValue(at: number, end: number): number {
    return endOfValue(this.#bytes, at, end, DEEPEST_PART);
  }

  #readAnyLabels(at: number, end: number): number {
    const to = this.#endOfValue(at, end);
    this.nodeLabels = to < 0 ? undefined : this.known.anyLabels(this.#view, at, to);
    return this.nodeLabels === undefined ? NONE : to;
  }

  #readKnownText(at: number, end: number): number {
    const to = this.#endOfText(at, end);
    const text = to < 0 ? undefined : this.known.plainText(this.#view, at, to);
    if (text === undefined) return NONE;
    this.knownTexts.push(text);
    return to;
  }

  #readOwnText(at: number, end: number): number {
    let to = this.#endOfText(at, end);
    if (to < 0) to = endOfString(this.#bytes, at, end);
    if (to >= 0) this.ownTexts.push(this.#bytes.subarray(at, to));
    return to;
  }

  #readOwnNumber(at: number, end: number): number {
    let to = at;
    while (to < end && isDigit(this.#view.getUint8(to))) to++;
    if (to === at || (this.#view.getUint8(at) === ZERO && to > at + 1)) return NONE;
    this.ownTexts.push(this.#bytes.subarray(at, to));
    return to;
  }

  #readFlowCount(at: number, end: number): number {
    const to = this.#readOwnNumber(at, end);
    for (let digit = at; digit < to; digit++)
      this.flowCount += (this.#view.getUint8(digit) - ZERO) * 10 ** (to - digit - 1);
    return to;
  }

  #readKnownValue(slot: Slot, at: number, end: number): number {
    const to = this.#endOfValue(at, end);
    const value = to < 0 ? undefined : this.known.value(this.#view, at, to);
    if (value === undefined) return NONE;
    if (slot === Slot.sourceNames) this.sourceNames = value;
    else if (slot === Slot.destinationNames) this.destinationNames = value;
    else if (slot === Slot.sourceService) this.sourceService = value;
    else if (slot === Slot.destinationService) this.destinationService = value;
    else {
      if (slot !== Slot.knownValue) this.policies.push({ slot, list: value });
      this.knownTexts.push(value);
    }
    return to;
  }

  #readL7(at: number, end: number): number {
    const to = this.#bytes[at] === OPEN_BRACE ? this.#endOfValue(at, end) : NONE;
    if (to < 0) return NONE;
    try {
      this.l7 = JSON.parse(this.#bytes.toString('utf8', at, to));
    } catch {
      return NONE;
    }
    this.ownTexts.push(this.#bytes.subarray(at, to));
    return to;
  }

  #again(from: number, to: number, at: number, end: number): number {
    const length = to - from;
    const stands = length > 0 && at + length <= end && sameBytes(this.#view, from, this.#view, at, length);
    return stands ? at + length : NONE;
  }

  /** Where the quote behind a plain text stands. */
  #endOfText(from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const code = this.#view.getUint8(at);
      if (code === QUOTE) return at;
      if (code === BACKSLASH || code < 32 || code > LAST_ASCII) return NONE;
    }
    return NONE;
  }
}

/** Setting the length would be slow, and give the room away. */
function empty(list: unknown[]): void {
  while (list.length > 0) list.pop();
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Where the quote behind a text stands that may have escapes and any characters. */
function endOfString(bytes: Buffer, from: number, end: number): number {
  let to = from;
  while (to < end && bytes[to] !== QUOTE) to += bytes[to] === BACKSLASH ? 2 : 1;
  if (to >= end) return NONE;
  try {
    JSON.parse(bytes.toString('utf8', from - 1, to + 1));
    return to;
  } catch {
    return NONE;
  }
}
