import { endOfValue } from './json-end.js';
import { Slot, type SlotReader } from './slot-reader.js';
import { isStrange, type StrangeMembers } from './strange-members.js';

/**
 * What the members of a record are, by their path, whatever their order, spacing and case: a record
 * teaches the dialect that it is written in. Everything else is text that the template keeps.
 */
const slots: ReadonlyMap<string, Slot> = new Map([
  ['time', Slot.time],
  ['uuid', Slot.uuid],
  ['ethernet.source', Slot.knownText],
  ['ethernet.destination', Slot.knownText],
  ['IP.source', Slot.sourceAddress],
  ['IP.source_xlated', Slot.knownText],
  ['IP.destination', Slot.destinationAddress],
  ...['TCP', 'UDP', 'SCTP'].flatMap((protocol): [string, Slot][] => [
    [`l4.${protocol}.source_port`, Slot.sourcePort],
    [`l4.${protocol}.destination_port`, Slot.destinationPort],
  ]),
  ['tunnel.IP.source', Slot.knownText],
  ['tunnel.IP.destination', Slot.knownText],
  ['tunnel.l4.UDP.source_port', Slot.ownNumber],
  ['source', Slot.source],
  ['destination', Slot.destination],
  ['node_name', Slot.node],
  ['node_labels', Slot.nodeLabels],
  ['source_names', Slot.sourceNames],
  ['destination_names', Slot.destinationNames],
  ['l7', Slot.l7],
  ['source_service', Slot.sourceService],
  ['destination_service', Slot.destinationService],
  ['trace_context.parent.trace_id', Slot.ownText],
  ['ip_trace_id.trace_id', Slot.ownText],
  ['policy_log', Slot.knownValue],
  ['aggregate.ingress_flow_count', Slot.flowCount],
  ['aggregate.egress_flow_count', Slot.flowCount],
  ['aggregate.unknown_direction_flow_count', Slot.flowCount],
  ['interface', Slot.knownValue],
  ['socket_cookie', Slot.ownText],
  ['cgroup_id', Slot.knownText],
  ['egress_allowed_by', Slot.egressAllowedBy],
  ['ingress_allowed_by', Slot.ingressAllowedBy],
  ['egress_denied_by', Slot.egressDeniedBy],
  ['ingress_denied_by', Slot.ingressDeniedBy],
]);

/** Only a message on layer 7 has a summary of its own; other flows have a few dozen between them. */
const SUMMARY = 'Summary';

/** Objects in which there is something to find. */
const entered = new Set([
  '',
  'ethernet',
  'IP',
  'l4',
  'l4.TCP',
  'l4.UDP',
  'l4.SCTP',
  'tunnel',
  'tunnel.IP',
  'tunnel.l4',
  'tunnel.l4.UDP',
  'trace_context',
  'trace_context.parent',
  'ip_trace_id',
  'aggregate',
]);

export interface FoundSlot {
  slot: Slot;
  from: number;
  to: number;
}

/**
 * The slots of a record that was parsed, from front to back. What is in them is left in the reader. Undefined where a
 * member comes twice: which of them counts, a slot cannot tell.
 */
export function findSlots(
  record: Buffer,
  reader: SlotReader,
  hasL7: boolean,
  strange: StrangeMembers,
): FoundSlot[] | undefined {
  const walk = new RecordWalk(record, reader, hasL7, strange);
  walk.object(0, '');
  return walk.isAmbiguous ? undefined : walk.found;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const COMMA = 44;

class RecordWalk {
  readonly found: FoundSlot[] = [];
  isAmbiguous = false;
  /** Not around it, where the envelope has members that may be named alike. */
  #inFlow = false;
  readonly #paths = new Set<string>();
  readonly #seen = new Set<Slot>();

  constructor(
    private readonly record: Buffer,
    private readonly reader: SlotReader,
    private readonly hasL7: boolean,
    private readonly strange: StrangeMembers,
  ) {}

  /** Walks over the members of the object that begins at `from`; answers where it ends. */
  object(from: number, path: string): number {
    let at = this.#skip(from + 1);
    while (at < this.record.length && this.record[at] !== CLOSE_BRACE) {
      const keyEnd = this.#endOfString(at);
      const key = snakeCase(this.record.toString('latin1', at + 1, keyEnd - 1));
      const value = this.#skip(this.#skip(keyEnd) + 1);
      at = this.#skip(this.#member(value, path === '' ? key : `${path}.${key}`));
      if (this.record[at] === COMMA) at = this.#skip(at + 1);
    }
    return at + 1;
  }

  #member(value: number, path: string): number {
    const place = this.#inFlow ? `flow.${path}` : path;
    this.isAmbiguous ||= this.#paths.has(place);
    this.#paths.add(place);
    if (path === 'flow' && !this.#inFlow && this.record[value] === OPEN_BRACE) return this.#flow(value);
    if (this.record[value] === OPEN_BRACE && (entered.has(path) || isStrange(path)))
      return this.object(value, path);
    const end = this.#endOfValue(value);
    const slot = isStrange(path) ? this.#strangeSlot(path, value, end) : this.#slotOf(path);
    if (slot === undefined || (slot === Slot.flowCount && !this.#isPlainNumber(value, end))) return end;
    const from = this.record[value] === QUOTE ? value + 1 : value;
    const to = this.reader.read(slot, from, this.record.length);
    if (to === (from === value ? end : end - 1)) this.found.push({ slot, from, to });
    return end;
  }

  /** Else reading it would count what the record does not say: a part of 5.5, or text. */
  #isPlainNumber(from: number, to: number): boolean {
    return /^\d+$/.test(this.record.toString('latin1', from, to));
  }

  /** Its members are told like those of the envelope around it. */
  #flow(from: number): number {
    this.#inFlow = true;
    const end = this.object(from, '');
    this.#inFlow = false;
    return end;
  }

  /** Text or a number that is the record's own; all else stays in the template. */
  #strangeSlot(path: string, from: number, to: number): Slot | undefined {
    if (!this.strange.isOwn(path, this.record.toString('latin1', from, to))) return undefined;
    return this.record[from] === QUOTE ? Slot.ownText : Slot.ownNumber;
  }

  #slotOf(path: string): Slot | undefined {
    if (path === SUMMARY) return this.hasL7 ? Slot.ownText : undefined;
    const slot = slots.get(path);
    if (slot === Slot.flowCount) return this.#inFlow ? slot : undefined;
    if (slot === undefined || !this.#seen.has(slot)) {
      if (slot !== undefined) this.#seen.add(slot);
      return slot;
    }
    if (slot === Slot.time) return Slot.timeAgain;
    if (slot === Slot.node) return Slot.nodeAgain;
    // Texts may come any number of times; a second endpoint or address would put the first in doubt.
    return slot >= Slot.knownValue ? slot : undefined;
  }

  #endOfValue(from: number): number {
    const { record } = this;
    if (record[from] === QUOTE) return this.#endOfString(from);
    const end = endOfValue(record, from, record.length);
    if (end >= 0) return end;
    let to = from;
    while (to < record.length && !ENDS_SCALAR.has(record[to] ?? 0)) to++;
    return to;
  }

  #endOfString(from: number): number {
    let to = from + 1;
    while (to < this.record.length && this.record[to] !== QUOTE) to += this.record[to] === BACKSLASH ? 2 : 1;
    return to + 1;
  }

  #skip(from: number): number {
    let at = from;
    while (at < this.record.length && (this.record[at] ?? 0) <= 32) at++;
    return at;
  }
}

/** Blanks, comma, closing brackets. */
const ENDS_SCALAR = new Set([9, 10, 13, 32, COMMA, 93, CLOSE_BRACE]);

/** `destinationPort` is `destination_port` in other versions of protojson; `IP`, `TCP` and `Summary` are so in all. */
function snakeCase(key: string): string {
  return /^[a-z]/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}
