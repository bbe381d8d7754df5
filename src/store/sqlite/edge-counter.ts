import type { Endpoint, Flow, L7, Policies, Side, Traits } from '../../domain/flow/flow.js';
import { tcpSigns } from '../../domain/service-map/tally.js';
import type { SegmentColumns } from './segment-columns.js';
import { Sums } from './sums.js';

/** Rows of a segment, whether it was just filled or read again. */
export interface CountedRows {
  generation: number;
  firstSeq: number;
  flows: number;
  columns: SegmentColumns;
  endpoint(id: number): Endpoint;
  traits(template: number): Traits;
  policies(id: number): Policies;
  /** The kind of message: the same object for equal ones counts fastest. */
  l7(row: number): L7 | undefined;
  /** The bucket of an answer's latency; 0 where it was not measured. */
  bucket(row: number): number;
}

/** What was told of a flow, by number. */
export interface Kind {
  id: number;
  client: Side | undefined;
  isDrop: boolean;
  isSocket: boolean;
  isAnswer: boolean;
}

/** Numbers what flows are added up by. */
export interface Numbering {
  endOf(endpoint: Endpoint): number;
  /** Told of each endpoint that a packet had. */
  label?(endpoint: Endpoint): void;
  kindOf(flow: Pick<Flow, 'traits' | 'policies' | 'l7'>): Kind;
}

/** A dropped flow as it is kept in a row of its own. */
export interface DroppedRow {
  row: number;
  source: number;
  destination: number;
  kind: number;
}

/** Nanoseconds. */
export const MINUTE = 60_000_000_000n;
export const HOUR = 60n * MINUTE;
/** L7 kinds of one generation that are remembered. */
const MOST_KINDS = 20_000;

/** Adds flows up by hour or minute, ends, kind and the server's port. */
export class EdgeCounter {
  sums = new Sums();
  #generation = -1;
  /** By numbers of the generation. */
  #ends: number[] = [];
  #labelled: boolean[] = [];
  /** Ends that only sockets met so far: the segment that brought them along need not be read again to label them. */
  readonly #unlabelled = new Map<number, Endpoint>();
  #kinds: KindsOfTemplate[] = [];
  /** By number of a template. */
  #signs: Signs[] = [];
  #kindsKnown = 0;
  readonly #key = new Int32Array(5);
  #begins = 0n;
  #number = 0;

  constructor(
    private readonly parts: Numbering,
    private readonly unit = HOUR,
  ) {}

  /** All of these rows, or none where it throws. Hands over those that were dropped. */
  add(rows: CountedRows, picked: Uint32Array, onDrop: (drop: DroppedRow) => void = () => undefined): void {
    const kinds = this.#numbered(rows, picked);
    const { columns } = rows;
    const key = this.#key;
    // Not by an iterator, which makes a list of two for each.
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i] ?? 0;
      const kind = kinds[i];
      if (kind === undefined) continue;
      const time = columns.time[row] ?? 0n;
      const source = (key[1] = this.#ends[columns.source[row] ?? 0] ?? 0);
      const destination = (key[2] = this.#ends[columns.destination[row] ?? 0] ?? 0);
      key[0] = this.#unitOf(time);
      key[3] = kind.id;
      const sourcePort = kind.client === 'source' ? 0 : (columns.sourcePort[row] ?? 0);
      const destinationPort = kind.client === 'destination' ? 0 : (columns.destinationPort[row] ?? 0);
      key[4] = (sourcePort << 16) | destinationPort;
      const weight = columns.weight[row] ?? 1;
      const sum = this.sums.add(key, weight, time);
      const signs = this.#signsOf(rows, columns.template[row] ?? 0);
      if (signs !== nothing) this.sums.addSigns(sum, signs.syn ? weight : 0, signs.reset ? weight : 0);
      const bucket = kind.isAnswer ? rows.bucket(row) : 0;
      if (bucket > 0) this.sums.addLatency(sum, bucket, (columns.paired[row] ?? 0) > 0);
      if (kind.isDrop) onDrop({ row, source, destination, kind: kind.id });
    }
  }

  /** What may fail comes first: the kind of each row, with both of its ends known. */
  #numbered(rows: CountedRows, picked: Uint32Array): Kind[] {
    this.#begin(rows.generation);
    const { source, destination } = rows.columns;
    const kinds: Kind[] = [];
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i] ?? 0;
      const kind = this.#kindOf(rows, row);
      kinds.push(kind);
      this.#meet(rows, source[row] ?? 0, kind);
      this.#meet(rows, destination[row] ?? 0, kind);
    }
    return kinds;
  }

  /** Numbers of parts hold for one generation. */
  #begin(generation: number): void {
    if (generation !== this.#generation) {
      this.#ends = [];
      this.#labelled = [];
      this.#unlabelled.clear();
      this.#signs = [];
    } else if (this.#kindsKnown < MOST_KINDS) return;
    this.#generation = generation;
    this.#kinds = [];
    this.#kindsKnown = 0;
  }

  #meet(rows: CountedRows, id: number, { isSocket }: Kind): void {
    this.#ends[id] ??= this.#newEnd(id, rows.endpoint(id));
    if (isSocket || this.#labelled[id] === true) return;
    this.#labelled[id] = true;
    this.parts.label?.(this.#unlabelled.get(id) ?? rows.endpoint(id));
    this.#unlabelled.delete(id);
  }

  #newEnd(id: number, endpoint: Endpoint): number {
    this.#unlabelled.set(id, endpoint);
    return this.parts.endOf(endpoint);
  }

  #signsOf(rows: CountedRows, template: number): Signs {
    return (this.#signs[template] ??= signsOf(rows.traits(template)));
  }

  #kindOf(rows: CountedRows, row: number): Kind {
    const template = rows.columns.template[row] ?? 0;
    const policies = rows.columns.policies[row] ?? 0;
    const l7 = rows.l7(row);
    const kinds = (this.#kinds[template] ??= new KindsOfTemplate());
    const ofPolicies = kinds.of(l7);
    return (ofPolicies[policies] ??= this.#newKind(rows, template, policies, l7));
  }

  #newKind(rows: CountedRows, template: number, policies: number, l7: L7 | undefined): Kind {
    this.#kindsKnown++;
    return this.parts.kindOf({ traits: rows.traits(template), policies: rows.policies(policies), l7 });
  }

  /** Flows mostly come hour by hour, and minute by minute, and dividing is slow. */
  #unitOf(time: bigint): number {
    const since = time - this.#begins;
    if (since >= 0n && since < this.unit) return this.#number;
    this.#number = unitOf(time, this.unit);
    this.#begins = BigInt(this.#number) * this.unit;
    return this.#number;
  }
}

/** The hour or minute since 1970 that a time lies in. */
export function unitOf(time: bigint, unit: bigint): number {
  return Number((time - (((time % unit) + unit) % unit)) / unit);
}

type Signs = ReturnType<typeof tcpSigns>;

const nothing: Signs = { syn: false, reset: false };

/** The same object for all that have none, which are most. */
function signsOf(traits: Traits): Signs {
  const signs = tcpSigns(traits);
  return signs.syn || signs.reset ? signs : nothing;
}

/** By number of policies; of most templates no flow has an L7 message. */
class KindsOfTemplate {
  readonly #plain: Kind[] = [];
  readonly #byL7 = new Map<L7, Kind[]>();

  of(l7: L7 | undefined): Kind[] {
    if (l7 === undefined) return this.#plain;
    let kinds = this.#byL7.get(l7);
    if (kinds === undefined) this.#byL7.set(l7, (kinds = []));
    return kinds;
  }
}
