import type { Endpoint, L7, Policies, Traits } from '../../domain/flow/flow.js';
import type { Kind, RollupParts } from './rollup-parts.js';
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
  l7(row: number): L7 | undefined;
}

/** A dropped flow as it is kept in a row of its own. */
export interface DroppedRow {
  row: number;
  source: number;
  destination: number;
  kind: number;
}

export const HOUR = 3_600_000_000_000n;
/** L7 kinds of one generation that are remembered. */
const MOST_KINDS = 20_000;

/** Adds flows up by hour, ends, kind and the server's port. */
export class EdgeCounter {
  sums = new Sums();
  #generation = -1;
  /** By numbers of the generation. */
  #ends: number[] = [];
  readonly #kinds = new Map<number | string, Kind>();
  readonly #key = new Int32Array(5);
  #hour = 0n;
  #hourNumber = 0;

  constructor(private readonly parts: RollupParts) {}

  /** Hands over those that were dropped. */
  add(rows: CountedRows, from: number, onDrop: (drop: DroppedRow) => void): void {
    this.#begin(rows.generation);
    const { columns } = rows;
    const key = this.#key;
    for (let row = from; row < rows.flows; row++) {
      const time = columns.time[row] ?? 0n;
      const kind = this.#kindOf(rows, row);
      const source = (key[1] = this.#endOf(rows, columns.source[row] ?? 0));
      const destination = (key[2] = this.#endOf(rows, columns.destination[row] ?? 0));
      key[0] = this.#hourOf(time);
      key[3] = kind.id;
      const sourcePort = kind.client === 'source' ? 0 : (columns.sourcePort[row] ?? 0);
      const destinationPort = kind.client === 'destination' ? 0 : (columns.destinationPort[row] ?? 0);
      key[4] = (sourcePort << 16) | destinationPort;
      this.sums.add(key, columns.weight[row] ?? 1, time);
      if (kind.isDrop) onDrop({ row, source, destination, kind: kind.id });
    }
  }

  /** Numbers of parts hold for one generation. */
  #begin(generation: number): void {
    if (generation === this.#generation && this.#kinds.size < MOST_KINDS) return;
    this.#generation = generation;
    this.#ends = [];
    this.#kinds.clear();
  }

  #endOf(rows: CountedRows, id: number): number {
    return (this.#ends[id] ??= this.parts.endOf(rows.endpoint(id)));
  }

  #kindOf(rows: CountedRows, row: number): Kind {
    const template = rows.columns.template[row] ?? 0;
    const policies = rows.columns.policies[row] ?? 0;
    const l7 = rows.l7(row);
    const name = l7 === undefined ? template * 2 ** 26 + policies : nameOf(template, policies, l7);
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      const told = { traits: rows.traits(template), policies: rows.policies(policies), l7 };
      this.#kinds.set(name, (kind = this.parts.kindOf(told)));
    }
    return kind;
  }

  /** Flows mostly come hour by hour, and dividing is slow. */
  #hourOf(time: bigint): number {
    const since = time - this.#hour;
    if (since >= 0n && since < HOUR) return this.#hourNumber;
    this.#hourNumber = Number((time - (((time % HOUR) + HOUR) % HOUR)) / HOUR);
    this.#hour = BigInt(this.#hourNumber) * HOUR;
    return this.#hourNumber;
  }
}

function nameOf(template: number, policies: number, { type, kind, http, dns }: L7): string {
  return `${template} ${policies} ${type} ${kind} ${http?.status} ${dns?.rcode} ${http?.method}`;
}
