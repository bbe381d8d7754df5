import type { L7 } from '../../domain/flow/flow.js';
import { tcpSigns } from '../../domain/service-map/tally.js';
import type { Generation } from './dictionary-reader.js';
import type { Segment } from './segment.js';
import { doubled, WindowParts, type KnownKind } from './window-parts.js';

export const SYN = 1;
export const RESET = 2;

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

  constructor(
    private readonly segment: Segment,
    private readonly numbers: GenerationNumbers,
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
    const { segment, numbers } = this;
    const { columns } = segment;
    for (let row = from; row < to; row++) {
      const template = columns.template[row] ?? 0;
      this.source[row] = numbers.endOf(columns.source[row] ?? 0);
      this.destination[row] = numbers.endOf(columns.destination[row] ?? 0);
      const { id, client, isAnswer } = numbers.kindOf(
        template,
        columns.policies[row] ?? 0,
        segment.l7Kind(row),
      );
      this.kind[row] = id;
      const sourcePort = client === 'source' ? 0 : (columns.sourcePort[row] ?? 0);
      const destinationPort = client === 'destination' ? 0 : (columns.destinationPort[row] ?? 0);
      this.ports[row] = (sourcePort << 16) | destinationPort;
      this.signs[row] = numbers.signsOf(template);
      if (isAnswer) this.bucket[row] = segment.bucket(row);
    }
  }
}

function bitsOf({ syn, reset }: ReturnType<typeof tcpSigns>): number {
  return (syn ? SYN : 0) | (reset ? RESET : 0);
}

/** What the numbers of one generation are by those of `WindowParts`. */
class GenerationNumbers {
  /** Plus one: 0 is not known yet. */
  #ends = new Int32Array(1 << 12);
  /** By template and policies. */
  readonly #kinds = new Map<L7 | undefined, KnownKind[][]>();
  readonly #signs: number[] = [];

  constructor(
    private readonly generation: Generation,
    private readonly parts: WindowParts,
  ) {}

  endOf(id: number): number {
    while (id >= this.#ends.length) this.#ends = doubled(this.#ends);
    const known = this.#ends[id] ?? 0;
    if (known > 0) return known - 1;
    const number = this.parts.endpoint(this.generation.endpoint(id));
    this.#ends[id] = number + 1;
    return number;
  }

  kindOf(template: number, policies: number, l7: L7 | undefined): KnownKind {
    let alike = this.#kinds.get(l7);
    if (alike === undefined) this.#kinds.set(l7, (alike = []));
    const { generation } = this;
    return ((alike[template] ??= [])[policies] ??= this.parts.kind({
      traits: generation.template(template).traits,
      policies: generation.policies(policies),
      l7,
    }));
  }

  signsOf(template: number): number {
    return (this.#signs[template] ??= bitsOf(tcpSigns(this.generation.template(template).traits)));
  }
}

/** Numbers rows once, as long as their segment stays in memory: what was worked out for one window is good for all. */
export class Numbering {
  readonly parts = new WindowParts();
  readonly #rows = new WeakMap<Segment, NumberedRows>();
  readonly #numbers = new WeakMap<Generation, GenerationNumbers>();

  rowsOf(segment: Segment, from: number, to: number): NumberedRows {
    let rows = this.#rows.get(segment);
    if (rows === undefined) {
      rows = new NumberedRows(segment, this.#numbersOf(segment.parts));
      this.#rows.set(segment, rows);
    }
    return rows.reach(from, to);
  }

  #numbersOf(generation: Generation): GenerationNumbers {
    let numbers = this.#numbers.get(generation);
    if (numbers === undefined)
      this.#numbers.set(generation, (numbers = new GenerationNumbers(generation, this.parts)));
    return numbers;
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
