import type { Endpoint, Policies } from '../domain/flow/flow.js';
import type { FlowReader } from '../domain/flow/flow-reader.js';
import { leanEndpoint } from '../domain/flow/endpoint-reader.js';
import { equal, hasFewValues, isObject, type Json } from '../domain/flow/json.js';
import { SharedTexts } from '../domain/flow/shared-texts.js';
import { keepText, valueText } from '../domain/flow/template.js';
import type { Note, RepeatedText } from '../store/flow-writer.js';
import { ByteNumbers, NONE } from './byte-numbers.js';
import { ForetoldTexts } from './foretold-texts.js';
import { DEEPEST_PART, endOfValue } from './json-end.js';
import type { Slot } from './slot-reader.js';

/** Bytes of texts held: enough for large clusters. When they are full, all is learned anew. */
const MOST_BYTES = 32 << 20;
/** A longer text is not worth its room: its record is parsed. */
const LONGEST = 16 << 10;
/** A list of many more values is no list of policies. */
const MOST_VALUES = 1_000;
/** What a text costs beside its bytes. */
const ENTRY = 200;

export interface KnownEndpoint {
  readonly raw: Json;
  /** What it is where the flow tells no more of it, and where it tells these names. */
  plain: NotedEndpoint | undefined;
  named: Map<KnownText, NotedEndpoint> | undefined;
}

export interface NotedEndpoint extends Note {
  readonly endpoint: Endpoint;
}

/** A node that nothing is told of but its name. */
export interface KnownNode extends Note {
  readonly name: string;
}

/** Labels of a node: the note is of both. */
export interface NotedLabels extends Note {
  readonly list: readonly string[];
}

/** A text that many records repeat; the value is only of objects and arrays. */
export interface KnownText extends RepeatedText {
  readonly value: unknown;
  /** Which policies it is, as a list of one slot or another. */
  policies: Map<Slot, Policies> | undefined;
  /** Which labels of a node it is. */
  labels: readonly string[] | undefined;
  number: number;
  numberedBy: number;
}

/**
 * Most of a record is endpoints, node labels and other texts that came before. They are known again
 * by their bytes; what is new is parsed alone. Numbers hold until `makeRoom` is called.
 */
export class KnownValues {
  readonly #addresses = new ByteNumbers();
  readonly #ips: string[] = [];
  readonly #nodes = new ByteNumbers();
  readonly #knownNodes: KnownNode[] = [];
  readonly #texts = new ByteNumbers();
  readonly #plainTexts: KnownText[] = [];
  readonly #values = new ByteNumbers();
  readonly #parsedValues: KnownText[] = [];
  readonly endpoints = new ForetoldTexts<KnownEndpoint>();
  readonly labels = new ForetoldTexts<NotedLabels>();
  /** Labels are most of what is held of endpoints. */
  readonly #labels = new SharedTexts();
  #bytes = 0;

  constructor(
    private readonly reader: FlowReader,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  /** Of all texts that it holds. */
  get bytes(): number {
    const { endpoints, labels } = this;
    return this.#bytes + endpoints.bytes + labels.bytes + ENTRY * (endpoints.size + labels.size);
  }

  /** Forgets everything when it is too much. */
  makeRoom(): void {
    this.endpoints.reuse();
    this.labels.reuse();
    if (this.bytes <= this.mostBytes) return;
    this.#bytes = 0;
    for (const map of [this.#addresses, this.#nodes, this.#texts, this.#values]) map.clear();
    for (const list of [this.#ips, this.#knownNodes, this.#plainTexts, this.#parsedValues]) list.length = 0;
    this.endpoints.clear();
    this.labels.clear();
  }

  /** `NONE` or undefined, here and below, also where it is too long to be known. */
  address(view: DataView, from: number, to: number): number {
    const known = this.#addresses.find(view, from, to);
    if (known !== NONE || !this.#hold(to - from)) return known;
    this.#ips.push(textAt(view, from, to));
    return this.#addresses.add(view, from, to);
  }

  ipOf(address: number): string {
    return this.#ips[address] ?? '';
  }

  /** The number of the endpoint whose object stands at `at`; `NONE` where it cannot be written again as it stands. */
  endpoint(address: number, view: DataView, at: number, end: number): number {
    const known = this.endpoints.find(address, view, at, end);
    if (known !== NONE) return known;
    const found = parseAt(view, at, end);
    if (found === undefined || !isObject(found.value)) return NONE;
    const raw = leanEndpoint(found.value, found.text);
    this.#labels.share(raw['labels']);
    const endpoint = { raw, plain: undefined, named: undefined };
    return this.endpoints.add(address, view, at, at + found.length, endpoint);
  }

  /** An endpoint is this one where the flow tells these names of it. */
  keepNamed(known: KnownEndpoint, names: KnownText, endpoint: NotedEndpoint): void {
    if (this.#hold(names.text.length)) (known.named ??= new Map()).set(names, endpoint);
  }

  node(view: DataView, from: number, to: number): number {
    const known = this.#nodes.find(view, from, to);
    if (known !== NONE || !this.#hold(to - from)) return known;
    this.#knownNodes.push({ name: textAt(view, from, to), number: NONE, numberedBy: NONE });
    return this.#nodes.add(view, from, to);
  }

  nodeOf(node: number): KnownNode | undefined {
    return this.#knownNodes[node];
  }

  /** The number of the labels of a node, likewise. */
  nodeLabels(node: number, view: DataView, at: number, end: number): number {
    const known = this.labels.find(node, view, at, end);
    if (known !== NONE) return known;
    const found = parseAt(view, at, end);
    const list = found && this.#listOf(found);
    if (found === undefined || list === undefined) return NONE;
    return this.labels.add(node, view, at, at + found.length, { list, number: NONE, numberedBy: NONE });
  }

  /** The same where the node is not known: its name may come later in the record. */
  anyLabels(view: DataView, from: number, to: number): readonly string[] | undefined {
    const known = this.value(view, from, to);
    if (known === undefined) return undefined;
    return (known.labels ??= this.#listOf(known));
  }

  /** The list of labels that is written as this text. */
  #listOf({ text, value }: Pick<KnownText, 'text' | 'value'>): readonly string[] | undefined {
    const shared = this.reader.readNodeLabels(value);
    if (valueText(shared) === text) return shared;
    if (!equal(shared, value)) return undefined;
    const list = [...shared];
    keepText(list, text);
    return list;
  }

  /** The object or array from `from` up to `to`; undefined where it is no JSON. */
  value(view: DataView, from: number, to: number): KnownText | undefined {
    const known = this.#values.find(view, from, to);
    if (known !== NONE) return this.#parsedValues[known];
    const found = parseAt(view, from, to);
    if (found === undefined || !hasFewValues(found.value, MOST_VALUES)) return undefined;
    if (!this.#hold(to - from)) return undefined;
    this.#parsedValues.push(knownText(found.text, found.value));
    return this.#parsedValues[this.#values.add(view, from, to)];
  }

  plainText(view: DataView, from: number, to: number): KnownText | undefined {
    const known = this.#texts.find(view, from, to);
    if (known !== NONE) return this.#plainTexts[known];
    if (!this.#hold(to - from)) return undefined;
    this.#plainTexts.push(knownText(textAt(view, from, to), undefined));
    return this.#plainTexts[this.#texts.add(view, from, to)];
  }

  /** False where it is too much to be held. */
  #hold(bytes: number): boolean {
    if (bytes > LONGEST) return false;
    this.#bytes += ENTRY + bytes;
    return true;
  }
}

function knownText(text: string, value: unknown): KnownText {
  return { text, value, policies: undefined, labels: undefined, number: NONE, numberedBy: NONE };
}

function bytesAt(view: DataView, from: number, to: number): Buffer {
  return Buffer.from(view.buffer, view.byteOffset + from, to - from);
}

/** Of plain ASCII. */
function textAt(view: DataView, from: number, to: number): string {
  return bytesAt(view, from, to).toString('latin1');
}

interface Parsed {
  text: string;
  length: number;
  value: unknown;
}

/** The object or array that begins at `at`, if it is JSON in UTF-8 and not too long. */
function parseAt(view: DataView, at: number, end: number): Parsed | undefined {
  const bytes = bytesAt(view, at, end);
  const length = endOfValue(bytes, 0, Math.min(bytes.length, LONGEST), DEEPEST_PART);
  if (length < 0) return undefined;
  const text = bytes.toString('utf8', 0, length);
  // Bytes that are no UTF-8 would not come out as they went in.
  if (Buffer.byteLength(text) !== length || text.includes('\ufffd')) return undefined;
  try {
    return { text, length, value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
