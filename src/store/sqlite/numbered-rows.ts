import type { L7 } from '../../domain/flow/flow.js';
import { tcpSigns } from '../../domain/service-map/tally.js';
import type { Generation } from './dictionary-reader.js';
import type { Segment } from './segment.js';
import { doubled, WindowParts, type KnownKind } from './window-parts.js';

export const SYN = 1;
export const RESET = 2;

/** By template and policies. */
type KindsByNumber = KnownKind[][];

/** The rows of a segment by the numbers of `WindowParts`, as far as they were asked for. */
export class NumberedRows {
  /** Endpoints. */
  readonly source: Int32Array;
  readonly destination: Int32Array;
  readonly kind: Int32Array;
  /** The server's, or both where only ports can tell the client. */
  readonly ports: Int32Array;
  /** Bits: opens a TCP connection, breaks one off. */
  readonly signs: Uint8Array;
  /** Of an answer's latency; 0 where it was not measured. */
  readonly bucket: Uint16Array;
  #from = 0;
  #to = 0;
  readonly #kinds = new Map<L7 | undefined, KindsByNumber>();
  readonly #signs: number[] = [];

  constructor(
    private readonly segment: Segment,
    private readonly parts: WindowParts,
    private readonly ends: EndNumbers,
  ) {
    const { flows } = segment.info;
    this.source = new Int32Array(flows);
    this.destination = new Int32Array(flows);
    this.kind = new Int32Array(flows);
    this.ports = new Int32Array(flows);
    this.signs = new Uint8Array(flows);
    this.bucket = new Uint16Array(flows);
  }

  /** From now on these rows are numbered, with all between them and those that were. */
  reach(from: number, to: number): this {
    if (this.#from === this.#to) this.#from = this.#to = from;
    if (from < this.#from) this.#number(from, this.#from);
    if (to > this.#to) this.#number(this.#to, to);
    this.#from = Math.min(from, this.#from);
    this.#to = Math.max(to, this.#to);
    return this;
  }

  #number(from: number, to: number): void {
    const { segment, parts, ends } = this;
    const { columns } = segment;
    for (let row = from; row < to; row++) {
      this.source[row] = ends.of(columns.source[row] ?? 0, parts);
      this.destination[row] = ends.of(columns.destination[row] ?? 0, parts);
      const { id, client, isAnswer } = this.#kindOf(row);
      this.kind[row] = id;
      const sourcePort = client === 'source' ? 0 : (columns.sourcePort[row] ?? 0);
      const destinationPort = client === 'destination' ? 0 : (columns.destinationPort[row] ?? 0);
      this.ports[row] = (sourcePort << 16) | destinationPort;
      this.signs[row] = this.#signs[columns.template[row] ?? 0] ??= bitsOf(
        tcpSigns(segment.template(row).traits),
      );
      if (isAnswer) this.bucket[row] = segment.bucket(row);
    }
  }

  #kindOf(row: number): KnownKind {
    const { segment, parts } = this;
    const { columns } = segment;
    const l7 = segment.l7Kind(row);
    let alike = this.#kinds.get(l7);
    if (alike === undefined) this.#kinds.set(l7, (alike = []));
    const policies = columns.policies[row] ?? 0;
    const ofTemplate = (alike[columns.template[row] ?? 0] ??= []);
    return (ofTemplate[policies] ??= parts.kind({
      traits: segment.template(row).traits,
      policies: segment.parts.policies(policies),
      l7,
    }));
  }
}

function bitsOf({ syn, reset }: ReturnType<typeof tcpSigns>): number {
  return (syn ? SYN : 0) | (reset ? RESET : 0);
}

/** Numbers of the endpoints of one generation. */
class EndNumbers {
  /** Plus one: 0 is not known yet. */
  #known = new Int32Array(1 << 12);

  constructor(private readonly generation: Generation) {}

  of(id: number, parts: WindowParts): number {
    while (id >= this.#known.length) this.#known = doubled(this.#known);
    const known = this.#known[id] ?? 0;
    if (known > 0) return known - 1;
    const number = parts.endpoint(this.generation.endpoint(id));
    this.#known[id] = number + 1;
    return number;
  }
}

/** Numbers rows once, as long as their segment stays in memory: what was worked out for one window is good for all. */
export class Numbering {
  readonly parts = new WindowParts();
  readonly #rows = new WeakMap<Segment, NumberedRows>();
  readonly #ends = new WeakMap<Generation, EndNumbers>();

  rowsOf(segment: Segment, from: number, to: number): NumberedRows {
    let rows = this.#rows.get(segment);
    if (rows === undefined) {
      rows = new NumberedRows(segment, this.parts, this.#endsOf(segment.parts));
      this.#rows.set(segment, rows);
    }
    return rows.reach(from, to);
  }

  #endsOf(generation: Generation): EndNumbers {
    let ends = this.#ends.get(generation);
    if (ends === undefined) this.#ends.set(generation, (ends = new EndNumbers(generation)));
    return ends;
  }
}

export class RowNumbers {
  #numbering = new Numbering();

  /** Before a window is read, which then stays with the same numbers. */
  begin(): Numbering {
    if (this.#numbering.parts.isFull) this.#numbering = new Numbering();
    return this.#numbering;
  }
}
