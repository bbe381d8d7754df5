import type { Endpoint, Flow } from '../domain/flow/flow.js';
import { holdsAt, valueBytes } from '../domain/flow/record-template.js';

/** Enough for large clusters; when it is full everything is learned anew. */
const MOST_KNOWN = 100_000;
/** An endpoint looks different from its own node and from others, and changes when its labels do. */
const MOST_CANDIDATES = 4;

/** A value with its JSON. */
export interface KnownValue {
  bytes: Buffer;
  value: object;
  /** The endpoint that it is at the address it is known under, where the flow tells no more of it. */
  endpoint: Endpoint | undefined;
}

/**
 * Most of a record is endpoints and node labels that came before. An address foretells the text of
 * its endpoint, a node's name its labels; where the record then holds exactly this text, it need
 * not be parsed again. A wrong guess costs a comparison and changes nothing.
 */
export class KnownValues {
  readonly #values = new Map<number, KnownValue[]>();

  learn(flow: Flow): void {
    if (this.#values.size > MOST_KNOWN) this.#values.clear();
    for (const end of [flow.source, flow.destination]) {
      if (end.ip === '') continue;
      const known = this.#remember(end.ip, end.raw);
      if (isPlain(end)) known.endpoint = end;
    }
    if (flow.nodeLabels.length > 0) this.#remember(flow.traits.node, flow.nodeLabels);
  }

  #remember(name: string, value: object): KnownValue {
    const bytes = valueBytes(value);
    const hash = hashText(name);
    const candidates = this.#values.get(hash) ?? [];
    const known = candidates.find((candidate) => candidate.bytes.equals(bytes));
    if (known !== undefined) return known;
    const fresh: KnownValue = { bytes, value, endpoint: undefined };
    candidates.unshift(fresh);
    if (candidates.length > MOST_CANDIDATES) candidates.pop();
    this.#values.set(hash, candidates);
    return fresh;
  }

  /** The value that stands at `at` and is known under the name that stands in `name`. */
  find(record: Buffer, name: Span | undefined, at: number): KnownValue | undefined {
    if (name === undefined) return undefined;
    const candidates = this.#values.get(hashBytes(record, name.from, name.to));
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (holdsAt(record, at, candidate.bytes)) return candidate;
    return undefined;
  }
}

/** From the first byte to behind the last. */
interface Span {
  from: number;
  to: number;
}

/** All that is known of the endpoint is its own object and its address. */
export function isPlain({ names, service }: Endpoint): boolean {
  return names.length === 0 && service === '';
}

/** FNV-1a. Names that share a hash share candidates, which are compared anyway. */
function hashBytes(bytes: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

/** The same of plain ASCII. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
