import type { NewFlow, NumberedRecords } from '../flow-writer.js';

/** Bytes of records that are told of a block: where more is dropped, few blocks have the newest ones. */
const MOST_BYTES = 512 << 10;

/**
 * Records of dropped flows of the open block, to be told with its commit: the bytes that they came in, as texts would
 * have to be put together here and taken to pieces on their way to another thread.
 */
export class NewDrops {
  #seqs: number[] = [];
  #ends: number[] = [];
  #records: Uint8Array[] = [];

  add(seq: number, { bytes, from, to }: NewFlow): void {
    const end = this.#ends.at(-1) ?? 0;
    if (end >= MOST_BYTES) return;
    this.#seqs.push(seq);
    this.#ends.push(end + to - from);
    this.#records.push(Uint8Array.prototype.slice.call(bytes, from, to));
  }

  /** Those of the block, which is closed. */
  take(): NumberedRecords {
    const taken = { seqs: this.#seqs, ends: this.#ends, bytes: Buffer.concat(this.#records) };
    this.#seqs = [];
    this.#ends = [];
    this.#records = [];
    return taken;
  }
}
