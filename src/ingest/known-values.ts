import type { Flow } from '../domain/flow/flow.js';
import { holdsAt, valueBytes } from '../domain/flow/record-template.js';

/** Enough for large clusters; when it is full everything is learned anew. */
const MOST_KNOWN = 100_000;
/** An endpoint looks different from its own node and from others, and changes when its labels do. */
const MOST_CANDIDATES = 4;

/** A value with its JSON. */
export interface KnownValue {
  bytes: Buffer;
  value: object;
}

/**
 * Most of a record is endpoints and node labels that came before. An address foretells the text of
 * its endpoint, a node's name its labels; where the record then holds exactly this text, it need
 * not be parsed again. A wrong guess costs a comparison and changes nothing.
 */
export class KnownValues {
  readonly #values = new Map<string, KnownValue[]>();

  learn(flow: Flow): void {
    if (this.#values.size > MOST_KNOWN) this.#values.clear();
    if (flow.source.ip !== '') this.#remember(flow.source.ip, flow.source.raw);
    if (flow.destination.ip !== '') this.#remember(flow.destination.ip, flow.destination.raw);
    if (flow.nodeLabels.length > 0) this.#remember(flow.traits.node, flow.nodeLabels);
  }

  #remember(name: string, value: object): void {
    const bytes = valueBytes(value);
    const candidates = this.#values.get(name) ?? [];
    if (candidates.some((candidate) => candidate.bytes.equals(bytes))) return;
    candidates.unshift({ bytes, value });
    if (candidates.length > MOST_CANDIDATES) candidates.pop();
    this.#values.set(name, candidates);
  }

  /** The value known under the name that stands at `at`. */
  find(record: Buffer, name: string, at: number): KnownValue | undefined {
    const candidates = this.#values.get(name);
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (holdsAt(record, at, candidate.bytes)) return candidate;
    return undefined;
  }
}
