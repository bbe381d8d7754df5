import type { L7 } from '../../domain/flow/flow.js';
import { bucketOf } from '../../domain/latencies.js';
import { L7Kinds } from '../../domain/service-map/coarse.js';
import { tcpSigns } from '../../domain/service-map/tally.js';
import type { Generation } from './dictionary-reader.js';
import type { Segment } from './segment.js';
import { doubled, WindowParts } from './window-parts.js';

/** The rows of a segment by the numbers of `WindowParts`. */
export interface NumberedRows {
  /** Endpoints. */
  source: Int32Array;
  destination: Int32Array;
  kind: Int32Array;
  /** The server's, or both where only ports can tell the client. */
  ports: Int32Array;
  /** Bits: opens a TCP connection, breaks one off. */
  signs: Uint8Array;
  /** Of an answer's latency; 0 where it was not measured. */
  bucket: Uint16Array;
}

export const SYN = 1;
export const RESET = 2;

/** Numbers rows once, as long as their segment stays in memory: what was worked out for one window is good for all. */
export class RowNumbers {
  parts = new WindowParts();
  #known = new WeakMap<Segment, NumberedRows>();
  #ends = new WeakMap<Generation, Int32Array>();
  readonly #l7Kinds = new L7Kinds();

  /** Before a window is read: numbers hold until the next time. */
  begin(): WindowParts {
    if (this.parts.isFull) {
      this.parts = new WindowParts();
      this.#known = new WeakMap();
      this.#ends = new WeakMap();
    }
    return this.parts;
  }

  of(segment: Segment, parts: WindowParts): NumberedRows {
    // A window that was begun before all was numbered anew goes on with its own numbers.
    if (parts !== this.parts) return this.#number(segment, parts);
    let rows = this.#known.get(segment);
    if (rows === undefined) this.#known.set(segment, (rows = this.#number(segment, parts)));
    return rows;
  }

  #number(segment: Segment, parts: WindowParts): NumberedRows {
    const { columns, info } = segment;
    const kind = this.#kinds(segment, parts);
    return {
      source: this.#endpoints(columns.source, segment.parts, parts),
      destination: this.#endpoints(columns.destination, segment.parts, parts),
      kind,
      ports: Int32Array.from({ length: info.flows }, (_, row) => {
        const client = parts.kinds[kind[row] ?? 0]?.client;
        const sourcePort = client === 'source' ? 0 : (columns.sourcePort[row] ?? 0);
        const destinationPort = client === 'destination' ? 0 : (columns.destinationPort[row] ?? 0);
        return (sourcePort << 16) | destinationPort;
      }),
      signs: signsOf(segment),
      bucket: Uint16Array.from({ length: info.flows }, (_, row) =>
        parts.kinds[kind[row] ?? 0]?.isAnswer ? bucketOf(segment.latency(row)) : 0,
      ),
    };
  }

  #endpoints(ids: Uint32Array, generation: Generation, parts: WindowParts): Int32Array {
    const isCurrent = parts === this.parts;
    let known = (isCurrent ? this.#ends.get(generation) : undefined) ?? new Int32Array(1 << 12);
    const numbers = new Int32Array(ids.length);
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row] ?? 0;
      while (id >= known.length) known = doubled(known);
      // Plus one: 0 is not known yet.
      let number = known[id] ?? 0;
      if (number === 0) number = known[id] = parts.endpoint(generation.endpoint(id)) + 1;
      numbers[row] = number - 1;
    }
    if (isCurrent) this.#ends.set(generation, known);
    return numbers;
  }

  #kinds(segment: Segment, parts: WindowParts): Int32Array {
    const { columns, info } = segment;
    const known = new Map<L7 | undefined, KindsByNumber>();
    const kinds = new Int32Array(info.flows);
    for (let row = 0; row < info.flows; row++) {
      const message = segment.l7(row);
      const l7 = message && this.#l7Kinds.of(message);
      let alike = known.get(l7);
      if (alike === undefined) known.set(l7, (alike = []));
      const policies = columns.policies[row] ?? 0;
      const ofTemplate = (alike[columns.template[row] ?? 0] ??= []);
      kinds[row] = ofTemplate[policies] ??= parts.kind({
        traits: segment.template(row).traits,
        policies: segment.parts.policies(policies),
        l7,
      }).id;
    }
    return kinds;
  }
}

function signsOf({ info, columns, parts }: Segment): Uint8Array {
  const known: number[] = [];
  return Uint8Array.from({ length: info.flows }, (_, row) => {
    const template = columns.template[row] ?? 0;
    return (known[template] ??= bitsOf(tcpSigns(parts.template(template).traits)));
  });
}

function bitsOf({ syn, reset }: ReturnType<typeof tcpSigns>): number {
  return (syn ? SYN : 0) | (reset ? RESET : 0);
}

/** By template and policies. */
type KindsByNumber = number[][];
