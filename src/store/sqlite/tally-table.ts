import type { Traits } from '../../domain/flow/flow.js';
import { addToTally, tallyOf, tallyPorts, type Tally } from '../../domain/service-map/tally.js';
import type { SegmentRow } from './segment-row.js';
import type { Segment } from './segment.js';

/**
 * Groups so many flows of one segment into tallies. A hash table over typed arrays: adding a flow to a tally
 * that exists allocates nothing.
 */
export class TallyTable {
  readonly #tallies: Tally[] = [];
  /** Per tally the numbers that make it, in `KEY` words. */
  readonly #keys: Int32Array;
  readonly #traits = new Numbers<Traits>();
  /** Numbers of traits by template: several templates may have the same. */
  readonly #traitsOfTemplate: number[] = [];
  /** Index plus one; 0 is free. At most half full, as there are no more tallies than flows. */
  readonly #slots: Uint32Array;
  readonly #mask: number;
  readonly #key = new Int32Array(KEY);

  constructor(
    private readonly segment: Segment,
    flows: number,
    /** Flows with the same number have messages that are told alike, or none. */
    private readonly messageOf = (row: number): number => segment.messageNumber(row),
    private readonly nodeOf = (row: number): number => segment.columns.node[row] ?? 0,
  ) {
    this.#keys = new Int32Array(flows * KEY);
    const slots = 1 << Math.ceil(Math.log2(Math.max(2, flows * 2)));
    this.#slots = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  get tallies(): Tally[] {
    return this.#tallies;
  }

  add(flow: SegmentRow): void {
    const { row } = flow;
    const { columns } = this.segment;
    const { sourcePort, destinationPort } = tallyPorts(flow);
    const key = this.#key;
    key[0] = columns.source[row] ?? 0;
    key[1] = columns.destination[row] ?? 0;
    key[2] = this.#traitsNumber(columns.template[row] ?? 0);
    key[3] = this.nodeOf(row);
    key[4] = this.messageOf(row);
    key[5] = columns.policies[row] ?? 0;
    key[6] = (sourcePort << 16) | destinationPort;
    const slot = this.#find();
    const known = this.#tallies[(this.#slots[slot] ?? 0) - 1];
    if (known === undefined) {
      this.#keys.set(key, this.#tallies.length * KEY);
      this.#slots[slot] = this.#tallies.push(tallyOf(flow, flow.seq));
    } else addToTally(known, flow, flow.seq);
  }

  #traitsNumber(template: number): number {
    return (this.#traitsOfTemplate[template] ??= this.#traits.of(
      this.segment.parts.template(template).traits,
    ));
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #find(): number {
    let slot = hash(this.#key) & this.#mask;
    for (;;) {
      const tally = (this.#slots[slot] ?? 0) - 1;
      if (tally < 0 || this.#holds(tally)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #holds(tally: number): boolean {
    for (let i = 0; i < KEY; i++) if (this.#keys[tally * KEY + i] !== this.#key[i]) return false;
    return true;
  }
}

/** Numbers for parts, from 1 on: equal parts are the same object. */
class Numbers<T> {
  readonly #numbers = new Map<T, number>();

  of(part: T): number {
    let number = this.#numbers.get(part);
    if (number === undefined) this.#numbers.set(part, (number = this.#numbers.size + 1));
    return number;
  }
}

/** Words of a key: both ends, traits, node, L7 message, policies, ports. */
const KEY = 7;

function hash(key: Int32Array): number {
  let value = 0;
  for (let i = 0; i < KEY; i++) {
    value = Math.imul(value ^ (key[i] ?? 0), 0x9e37_79b1);
    value ^= value >>> 15;
  }
  return value >>> 0;
}
