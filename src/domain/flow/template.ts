import type { Endpoint, Flow, Traits } from './flow.js';
import { equal } from './json.js';
import { formatTimestamp } from './timestamp.js';

/**
 * What can fill a place in a record. Most of it the flow holds already; `known` is a text that many
 * records repeat, `own` one that is the record's alone, `l7` its L7 message, `record` all of it.
 */
export const SlotKind = {
  time: 't',
  uuid: 'u',
  sourceAddress: 'a',
  destinationAddress: 'b',
  sourcePort: 'p',
  destinationPort: 'q',
  source: 's',
  destination: 'd',
  sourceNames: 'm',
  destinationNames: 'n',
  sourceService: 'v',
  destinationService: 'w',
  node: 'N',
  nodeLabels: 'L',
  known: 'k',
  own: 'o',
  l7: 'l',
  record: 'r',
} as const;

export type SlotKind = (typeof SlotKind)[keyof typeof SlotKind];

/** Stands before the kind of a slot. JSON has no control characters, so it cannot be mistaken. */
export const MARK = '\u0001';

/**
 * The text of a record between what differs from flow to flow, with a mark and the kind of slot
 * wherever something is to be filled in. All records of a template have the same traits: whatever
 * they come from is part of its text.
 */
export class Template {
  readonly #pieces: string[];
  readonly #kinds: SlotKind[];
  /** How many texts of each sort a record brings along. */
  readonly knownTexts: number;
  readonly ownTexts: number;
  /** Which of its own texts is the L7 message; -1 for none. */
  readonly l7Text: number;
  /** A note of the store's: what it calls the template, and which of its dictionaries does. */
  number = -1;
  numberedBy = 0;

  constructor(
    readonly text: string,
    readonly traits: Traits,
  ) {
    const [first = '', ...rest] = text.split(MARK);
    this.#pieces = [first, ...rest.map((piece) => piece.slice(1))];
    this.#kinds = rest.map((piece) => piece.charAt(0) as SlotKind);
    const own = this.#kinds.filter(isOwn);
    this.knownTexts = this.#kinds.filter((kind) => kind === SlotKind.known).length;
    this.ownTexts = own.length;
    this.l7Text = own.indexOf(SlotKind.l7);
  }

  /** A record that is kept whole, but for the values that `shorten` took out of it. */
  static whole(traits: Traits): Template {
    return new Template(MARK + SlotKind.record, traits);
  }

  get isWhole(): boolean {
    return this.#kinds[0] === SlotKind.record;
  }

  /** The record again, to the letter. */
  compose(flow: FilledFrom, known: readonly string[], own: readonly string[]): string {
    let text = this.#pieces[0] ?? '';
    let knownAt = 0;
    let ownAt = 0;
    // Indexed: whoever exports everything composes hundreds of thousands of records a second.
    for (let i = 0; i < this.#kinds.length; i++) {
      const kind = this.#kinds[i] ?? SlotKind.own;
      if (kind === SlotKind.known) text += known[knownAt++] ?? '';
      else if (kind === SlotKind.record)
        text += new Template(own[ownAt++] ?? '', this.traits).compose(flow, [], []);
      else if (isOwn(kind)) text += own[ownAt++] ?? '';
      else text += fill(kind, flow);
      text += this.#pieces[i + 1] ?? '';
    }
    return text;
  }
}

/** What of a flow can stand in a record. */
export type FilledFrom = Omit<Flow, 'traits' | 'policies' | 'l7' | 'weight'>;

function isOwn(kind: SlotKind): boolean {
  return kind === SlotKind.own || kind === SlotKind.l7 || kind === SlotKind.record;
}

/** What stands in a slot that is neither a known nor an own text. */
export function fill(kind: SlotKind, flow: FilledFrom): string {
  switch (kind) {
    case SlotKind.time:
      return flow.time === undefined ? '' : formatTimestamp(flow.time);
    case SlotKind.uuid:
      return flow.uuid;
    case SlotKind.sourceAddress:
      return flow.source.ip;
    case SlotKind.destinationAddress:
      return flow.destination.ip;
    case SlotKind.sourcePort:
      return String(flow.sourcePort);
    case SlotKind.destinationPort:
      return String(flow.destinationPort);
    case SlotKind.source:
      return valueText(flow.source.raw);
    case SlotKind.destination:
      return valueText(flow.destination.raw);
    case SlotKind.sourceNames:
      return valueText(flow.source.names);
    case SlotKind.destinationNames:
      return valueText(flow.destination.names);
    case SlotKind.sourceService:
      return serviceText(flow.source);
    case SlotKind.destinationService:
      return serviceText(flow.destination);
    case SlotKind.node:
      return flow.node;
    case SlotKind.nodeLabels:
      return valueText(flow.nodeLabels);
    default:
      return '';
  }
}

export function serviceText({ service, serviceNamespace }: Endpoint): string {
  return JSON.stringify({ name: service, namespace: serviceNamespace });
}

/** How a value is written: a number where as `JSON.stringify` writes it, in so many characters; that text can be made again. */
const texts = new WeakMap<object, string | number>();

/** The JSON of a value that many records repeat: as it was written, where that was kept. */
export function valueText(value: object): string {
  const known = texts.get(value);
  if (typeof known === 'string') return known;
  const text = JSON.stringify(value);
  if (known === undefined) texts.set(value, text);
  return text;
}

/** How many characters that JSON has. */
export function valueLength(value: object): number {
  const known = texts.get(value);
  return typeof known === 'number' ? known : valueText(value).length;
}

/** Equal also as they are written, where it is known how the value was; of one that was just parsed it is not. */
export function isWrittenAlike(known: object, value: object): boolean {
  if (known === value) return true;
  return equal(known, value) && (!texts.has(value) || valueText(known) === valueText(value));
}

/** Whether its JSON is what `JSON.stringify` makes of it. */
export function isWrittenUsually(value: object): boolean {
  const known = texts.get(value);
  return typeof known !== 'string' || known === JSON.stringify(value);
}

/** From now on the value is written as this text, which is JSON that means the same. */
export function keepText(value: object, text: string): void {
  texts.set(value, text === JSON.stringify(value) ? text.length : text);
}

const shared: readonly (readonly [string, SlotKind, (flow: Flow) => object])[] = [
  ['"source":{', SlotKind.source, (flow) => flow.source.raw],
  ['"destination":{', SlotKind.destination, (flow) => flow.destination.raw],
  ['"node_labels":[', SlotKind.nodeLabels, (flow) => flow.nodeLabels],
];

/**
 * The text of a record that is kept whole: without its endpoints and the labels of its node, two
 * thirds of its bytes, which the flow holds. A value that is written in any other way stays.
 */
export function shorten(record: string, flow: Flow): string {
  let text = '';
  let from = 0;
  for (const [key, kind, valueOf] of shared) {
    const value = valueText(valueOf(flow));
    const at = record.indexOf(key, from) + key.length - 1;
    if (value.length <= 2 || at < key.length - 1 || !record.startsWith(value, at)) continue;
    text += record.slice(from, at) + MARK + kind;
    from = at + value.length;
  }
  return text + record.slice(from);
}
