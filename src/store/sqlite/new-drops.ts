import type { NumberedRecord } from '../flow-writer.js';

/** Characters of records that are told of a block: where more is dropped, few blocks have the newest ones. */
const MOST_CHARACTERS = 512 << 10;

/** Records of dropped flows of the open block, to be told with its commit. */
export class NewDrops {
  #records: NumberedRecord[] = [];
  #characters = 0;

  get isFull(): boolean {
    return this.#characters >= MOST_CHARACTERS;
  }

  add(dropped: NumberedRecord): void {
    this.#records.push(dropped);
    this.#characters += dropped.record.length;
  }

  /** Those of the block, which is closed. */
  take(): readonly NumberedRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#characters = 0;
    return records;
  }
}
