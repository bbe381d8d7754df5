import type { Endpoint, Policies } from '../domain/flow/flow.js';
import type { FlowReader } from '../domain/flow/flow-reader.js';
import { equal, isObject, type Json } from '../domain/flow/json.js';
import { keepText, valueText } from '../domain/flow/template.js';
import { endOfValue } from './json-end.js';
import type { Slot } from './slot-reader.js';
import { ByteMap } from './byte-map.js';
import { ByteText } from './byte-text.js';

/** Bytes of texts held: enough for large clusters. When they are full, all is learned anew. */
export const MOST_BYTES = 32 << 20;
/** A longer text is not worth its room: its record is parsed. */
const LONGEST = 16 << 10;
/** What a text costs beside its bytes. */
const ENTRY = 200;
/** An endpoint looks different from its own node and from others, and changes when its labels do. */
const MOST_ALIKE = 6;

export interface KnownAddress {
  ip: string;
  /** What was seen at this address, the latest first. */
  endpoints: KnownEndpoint[];
}

export interface KnownEndpoint {
  text: ByteText;
  raw: Json;
  /** What it is where the flow tells no more of it, and where it tells these names. */
  plain: Endpoint | undefined;
  named: Map<KnownText, Endpoint>;
}

export interface KnownNode {
  name: string;
  labels: KnownLabels[];
}

export interface KnownLabels {
  text: ByteText;
  labels: readonly string[];
}

/** A text that many records repeat; the value is only of objects and arrays. */
export interface KnownText {
  readonly text: string;
  readonly value: unknown;
  /** Which policies it is, as a list of one slot or another. */
  readonly policies: Map<Slot, Policies>;
  /** Which labels of a node it is. */
  labels?: readonly string[] | undefined;
}

/**
 * Most of a record is endpoints and node labels that came before. An address foretells the text of
 * its endpoint, a node's name its labels; where the record then holds exactly this text, it need
 * not be parsed again. A wrong guess costs a comparison; what is new is parsed alone.
 */
export class KnownValues {
  readonly #addresses = new ByteMap<KnownAddress>();
  readonly #nodes = new ByteMap<KnownNode>();
  readonly #texts = new ByteMap<KnownText>();
  readonly #values = new ByteMap<KnownText>();
  #bytes = 0;

  constructor(private readonly reader: FlowReader) {}

  /** Of all texts that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined, here and below, also where it is too long to be known. */
  address(view: DataView, from: number, to: number): KnownAddress | undefined {
    return (
      this.#addresses.get(view, from, to) ??
      this.#remember(this.#addresses, view, from, to, () => ({ ip: textAt(view, from, to), endpoints: [] }))
    );
  }

  /** The endpoint whose object stands at `at`; undefined where it cannot be written again as it stands. */
  endpoint({ endpoints }: KnownAddress, view: DataView, at: number, end: number): KnownEndpoint | undefined {
    for (const known of endpoints) if (known.text.standsAt(view, at, end)) return known;
    const found = parseAt(view, at, end);
    if (found === undefined || !isObject(found.value)) return undefined;
    keepText(found.value, found.text);
    const text = ByteText.of(found.text);
    this.#hold(text.length);
    return keep(endpoints, { text, raw: found.value, plain: undefined, named: new Map() });
  }

  /** An endpoint is this one where the flow tells these names of it. */
  keepNamed({ named }: KnownEndpoint, names: KnownText, endpoint: Endpoint): void {
    this.#hold(names.text.length);
    named.set(names, endpoint);
  }

  node(view: DataView, from: number, to: number): KnownNode | undefined {
    return (
      this.#nodes.get(view, from, to) ??
      this.#remember(this.#nodes, view, from, to, () => ({ name: textAt(view, from, to), labels: [] }))
    );
  }

  /** The labels of a node, likewise. */
  nodeLabels({ labels }: KnownNode, view: DataView, at: number, end: number): KnownLabels | undefined {
    for (const known of labels) if (known.text.standsAt(view, at, end)) return known;
    const found = parseAt(view, at, end);
    if (found === undefined) return undefined;
    const list = this.#listOf(found);
    if (list === undefined) return undefined;
    const text = ByteText.of(found.text);
    this.#hold(text.length);
    return keep(labels, { text, labels: list });
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
    const known = this.#values.get(view, from, to);
    if (known !== undefined) return known;
    const found = parseAt(view, from, to);
    if (found === undefined) return undefined;
    return this.#remember(this.#values, view, from, to, () => ({ ...found, policies: new Map() }));
  }

  plainText(view: DataView, from: number, to: number): KnownText | undefined {
    return (
      this.#texts.get(view, from, to) ??
      this.#remember(this.#texts, view, from, to, () => ({
        text: textAt(view, from, to),
        value: undefined,
        policies: new Map(),
      }))
    );
  }

  #remember<V>(map: ByteMap<V>, view: DataView, from: number, to: number, make: () => V): V | undefined {
    if (to - from > LONGEST) return undefined;
    this.#hold(to - from);
    const value = make();
    map.set(view, from, to, value);
    return value;
  }

  #hold(bytes: number): void {
    this.#bytes += ENTRY + bytes;
    if (this.#bytes <= MOST_BYTES) return;
    this.#bytes = ENTRY + bytes;
    for (const map of [this.#addresses, this.#nodes, this.#texts, this.#values]) map.clear();
  }
}

function keep<T>(list: T[], value: T): T {
  list.unshift(value);
  if (list.length > MOST_ALIKE) list.pop();
  return value;
}

function bytesAt(view: DataView, from: number, to: number): Buffer {
  return Buffer.from(view.buffer, view.byteOffset + from, to - from);
}

/** Of plain ASCII. */
function textAt(view: DataView, from: number, to: number): string {
  return bytesAt(view, from, to).toString('latin1');
}

/** The object or array that begins at `at`, if it is JSON in UTF-8 and not too long. */
function parseAt(view: DataView, at: number, end: number): { text: string; value: unknown } | undefined {
  const bytes = bytesAt(view, at, end);
  const to = endOfValue(bytes, 0, Math.min(bytes.length, LONGEST));
  if (to < 0) return undefined;
  const text = bytes.toString('utf8', 0, to);
  // Bytes that are no UTF-8 would not come out as they went in.
  if (Buffer.byteLength(text) !== to || text.includes('\ufffd')) return undefined;
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
