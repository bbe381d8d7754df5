import type { Flow } from '../../domain/flow/flow.js';
import { tallyPorts, type Tally } from '../../domain/service-map/tally.js';
import { emptyColumns } from './columns.js';
import { tallyLayout, type FlowColumns, type TallyColumns } from './segment-layout.js';
import type { SegmentParts } from './segment-parts.js';

/**
 * Groups the flows of one segment into tallies. A hash table over the columns themselves: adding a
 * flow to a tally that exists allocates nothing.
 */
export class TallyTable {
  readonly columns: TallyColumns;
  rows = 0;
  /** Row plus one; 0 is free. At most half full, as there are no more tallies than flows. */
  readonly #slots: Uint32Array;
  readonly #mask: number;

  constructor(flows: number) {
    this.columns = emptyColumns(tallyLayout, flows);
    const slots = 1 << Math.ceil(Math.log2(Math.max(2, flows * 2)));
    this.#slots = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  /** Adds the flow at `row` of the flow columns; the flow itself tells who is the client. */
  add(
    flow: Pick<Flow, 'traits' | 'l7' | 'sourcePort' | 'destinationPort'>,
    from: FlowColumns,
    row: number,
  ): void {
    const { sourcePort, destinationPort } = tallyPorts(flow);
    const source = from.source[row] ?? 0;
    const destination = from.destination[row] ?? 0;
    const traits = from.traits[row] ?? 0;
    const l7 = from.l7[row] ?? 0;
    const { columns } = this;
    let slot = hash(source, destination, traits, l7, (sourcePort << 16) | destinationPort) & this.#mask;
    for (;;) {
      const tally = (this.#slots[slot] ?? 0) - 1;
      if (tally < 0) break;
      if (
        columns.source[tally] === source &&
        columns.destination[tally] === destination &&
        columns.traits[tally] === traits &&
        columns.l7[tally] === l7 &&
        columns.sourcePort[tally] === sourcePort &&
        columns.destinationPort[tally] === destinationPort
      ) {
        this.#increase(tally, from, row);
        return;
      }
      slot = (slot + 1) & this.#mask;
    }
    const tally = this.rows++;
    this.#slots[slot] = tally + 1;
    columns.source[tally] = source;
    columns.destination[tally] = destination;
    columns.traits[tally] = traits;
    columns.l7[tally] = l7;
    columns.sourcePort[tally] = sourcePort;
    columns.destinationPort[tally] = destinationPort;
    columns.first[tally] = columns.last[tally] = from.time[row] ?? 0n;
    columns.weight[tally] = from.weight[row] ?? 1;
    columns.lastRow[tally] = row;
  }

  #increase(tally: number, from: FlowColumns, row: number): void {
    const { columns } = this;
    const time = from.time[row] ?? 0n;
    columns.weight[tally] = (columns.weight[tally] ?? 0) + (from.weight[row] ?? 1);
    if (time < (columns.first[tally] ?? 0n)) columns.first[tally] = time;
    if (time < (columns.last[tally] ?? 0n)) return;
    columns.last[tally] = time;
    columns.lastRow[tally] = row;
  }
}

function hash(a: number, b: number, c: number, d: number, e: number): number {
  let value = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  value = Math.imul(value ^ (value >>> 15) ^ Math.imul(d, 0x27d4eb2f) ^ e, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

export function readTallies(
  columns: TallyColumns,
  rows: number,
  parts: SegmentParts,
  firstSeq: number,
): Tally[] {
  return Array.from({ length: rows }, (_, row) => {
    const last = columns.last[row] ?? 0n;
    const l7 = columns.l7[row] ?? 0;
    return {
      time: last,
      uuid: '',
      source: parts.endpoint(columns.source[row] ?? 0),
      destination: parts.endpoint(columns.destination[row] ?? 0),
      sourcePort: columns.sourcePort[row] ?? 0,
      destinationPort: columns.destinationPort[row] ?? 0,
      traits: parts.trait(columns.traits[row] ?? 0),
      l7: l7 === 0 ? undefined : parts.message(l7 - 1),
      nodeLabels: [],
      weight: columns.weight[row] ?? 1,
      first: columns.first[row] ?? 0n,
      last,
      lastSeq: firstSeq + (columns.lastRow[row] ?? 0),
    };
  });
}
