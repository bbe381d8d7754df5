import type { Flow } from '../domain/flow/flow.js';
import { isObject } from '../domain/flow/json.js';
import {
  fillIn,
  findValue,
  holdsAt,
  MARK,
  valueBytes,
  type SharedKey,
} from '../domain/flow/record-template.js';
import { parse } from './unwrap.js';

/** Enough for large clusters; when it is full everything is learned anew. */
const MOST_KNOWN = 100_000;
/** An endpoint looks different from its own node and from others, and changes when its labels do. */
const MOST_CANDIDATES = 4;
const ADDRESSES = Buffer.from('"IP":{"source":"');
const NEXT_ADDRESS = Buffer.from('","destination":"');
const NODE_NAME = Buffer.from('"node_name":"');
const QUOTE = 34;
const ZERO = 48;
const AT = 64;

/**
 * Most of a record is endpoints and node labels that came before. An address foretells the text of
 * its endpoint, a node's name its labels; where the record then holds exactly this text, it need
 * not be parsed again. A wrong guess costs a comparison and changes nothing.
 */
export class KnownValues {
  readonly #values = new Map<number, Buffer[]>();
  readonly #valueOf = new WeakMap<Buffer, object>();
  #scratch = Buffer.allocUnsafe(64 << 10);
  /** Positions of the marks in the scratch. */
  readonly #marks: number[] = [];
  #length = 0;

  learn(flow: Flow): void {
    if (this.#values.size > MOST_KNOWN) this.#values.clear();
    if (flow.source.ip !== '') this.#remember(flow.source.ip, flow.source.raw);
    if (flow.destination.ip !== '') this.#remember(flow.destination.ip, flow.destination.raw);
    if (flow.nodeLabels.length > 0) this.#remember(flow.traits.node, flow.nodeLabels);
  }

  #remember(name: string, value: object): void {
    const text = valueBytes(value);
    const hash = hashText(name);
    const candidates = this.#values.get(hash) ?? [];
    if (candidates.includes(text)) return;
    this.#valueOf.set(text, value);
    candidates.unshift(text);
    if (candidates.length > MOST_CANDIDATES) candidates.pop();
    this.#values.set(hash, candidates);
  }

  /** The record parsed, and its template as far as its values are known; undefined when none is, or it is no JSON. */
  parse(record: Buffer): { value: unknown; template: Buffer; complete: boolean } | undefined {
    const found = this.#find(record);
    if (found.length === 0) return undefined;
    this.#cut(record, found);
    const value = parse(this.#scratch.toString('utf8', 0, this.#length));
    if (!isObject(value)) return undefined;
    const flow = value['flow'] ?? value;
    if (!found.every(({ key, known }) => fillIn(flow, key, known))) return undefined;
    for (const mark of this.#marks) this.#scratch[mark + 1] = AT;
    return { value, template: this.#scratch.subarray(0, this.#length), complete: found.length === 3 };
  }

  #find(record: Buffer): Found[] {
    const found: Found[] = [];
    const addresses = record.indexOf(ADDRESSES);
    if (addresses < 0) return found;
    const source = readHash(record, addresses + ADDRESSES.length);
    let from = source.end;
    from = this.#expect(record, 'source', source.hash, from, found);
    if (holdsAt(record, source.end, NEXT_ADDRESS)) {
      const destination = readHash(record, source.end + NEXT_ADDRESS.length);
      from = this.#expect(record, 'destination', destination.hash, from, found);
    }
    const name = record.indexOf(NODE_NAME, from);
    if (name < 0) return found;
    const node = readHash(record, name + NODE_NAME.length);
    this.#expect(record, 'node_labels', node.hash, node.end, found);
    return found;
  }

  #expect(record: Buffer, key: SharedKey, hash: number, from: number, found: Found[]): number {
    const candidates = this.#values.get(hash);
    const at = candidates === undefined ? -1 : findValue(record, key, from);
    if (candidates === undefined || at < 0) return from;
    for (const text of candidates) {
      const known = holdsAt(record, at, text) ? this.#valueOf.get(text) : undefined;
      if (known === undefined) continue;
      found.push({ key, known, at, end: at + text.length });
      return at + text.length;
    }
    return from;
  }

  #cut(record: Buffer, found: readonly Found[]): void {
    if (this.#scratch.length < record.length) this.#scratch = Buffer.allocUnsafe(record.length * 2);
    this.#marks.length = 0;
    let from = 0;
    let length = 0;
    for (const { at, end } of found) {
      length += record.copy(this.#scratch, length, from, at);
      this.#marks.push(length);
      length += MARK.copy(this.#scratch, length);
      this.#scratch[length - 1] = ZERO;
      from = end;
    }
    this.#length = length + record.copy(this.#scratch, length, from);
  }
}

interface Found {
  key: SharedKey;
  known: object;
  at: number;
  end: number;
}

/** Of the text up to the next quote: FNV-1a, as `hashText` makes it of plain ASCII. */
function readHash(bytes: Buffer, from: number): { hash: number; end: number } {
  let hash = 0x811c9dc5;
  let at = from;
  for (; at < bytes.length && bytes[at] !== QUOTE; at++)
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return { hash, end: at };
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
