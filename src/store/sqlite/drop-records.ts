import { Recent } from '../../domain/recent.js';
import { eachRecord, type NumberedRecords } from '../flow-writer.js';
import type { Segment } from './segment.js';

/** Characters of records that are remembered: those of some ten thousand drops. */
const REMEMBERED = 16 << 20;

/**
 * Records of flows, of which those of drops are remembered: they are asked for again, and to compose the first of a
 * block takes ten milliseconds.
 */
export class DropRecords {
  readonly #known = new Recent<number, string>(REMEMBERED);

  /** Of drops that were just committed: they are looked at as they come. */
  remember(records: NumberedRecords): void {
    for (const { seq, record } of eachRecord(records)) this.#known.put(seq, record, record.length);
  }

  /** To the letter as it came. Throws `Gone` when its texts were taken away meanwhile. */
  read(segment: Segment, row: number, seq: number): string {
    return this.#known.get(seq) ?? this.#compose(segment, row, seq);
  }

  #compose(segment: Segment, row: number, seq: number): string {
    const record = segment.record(row);
    const isDrop = segment.template(row).traits.verdict === 'DROPPED';
    return isDrop ? this.#known.put(seq, record, record.length) : record;
  }
}
