import type Database from 'better-sqlite3';
import { bytesOf, type FlowKey } from '../../domain/flow/flow-key.js';
import { isDamage } from './damage.js';
import { readKeys, type KeysRow } from './keys.js';
import { KeyBlock } from './key-block.js';
import { RunIndex } from './run-index.js';
import { secondOf, type Slice } from './time-runs.js';

/**
 * Bytes of keys kept of slices on disk. Where flows are of hours, that is 6,400 slices of 512 rows: so
 * many sources may hold flows of one and the same second before each flow has to be looked for on disk.
 */
const MOST_BYTES = 64 << 20;

/**
 * Which flows are stored, without holding all their keys. A flow that comes again comes with its
 * time, so its key is looked for in the slices of segments that have flows about that time, whose
 * keys are read when the first such flow comes. Flows come almost in order: the slices asked of one
 * flow are those of the next. Flows without a time have a table of their own. A slice goes by the
 * number of its first flow.
 */
export class KnownKeys {
  readonly #index = new RunIndex();
  /** Of slices that are not yet on disk. */
  readonly #pending = new Map<number, KeyBlock>();
  /** Of slices on disk, the last used at the end. */
  readonly #loaded = new Map<number, KeyBlock>();
  readonly #statements: ReturnType<typeof prepare>;
  #loadedBytes = 0;
  /** The last question: for which seconds its answer holds, which slices, and their keys where there is room. */
  #first = 1;
  #last = 0;
  #slices: readonly number[] = [];
  #blocks: readonly KeyBlock[] | undefined;

  constructor(
    private readonly db: Database.Database,
    private readonly mostBytes = MOST_BYTES,
  ) {
    this.#statements = prepare(db);
  }

  /** Bytes of keys held, but for those on their way to disk. */
  get bytes(): number {
    return this.#loadedBytes;
  }

  /** Whether a sealed segment holds it. `second` is that of the flow; undefined where it has no time. */
  has(key: FlowKey, hash: number, second: number | undefined): boolean {
    if (second === undefined) return this.#hasTimeless(key, hash);
    if (second < this.#first || second > this.#last) this.#lookUp(second);
    if (this.#blocks === undefined) return this.#slices.some((seq) => this.#block(seq)?.has(key, hash));
    for (const block of this.#blocks) if (block.has(key, hash)) return true;
    return false;
  }

  #hasTimeless(key: FlowKey, hash: number): boolean {
    for (const block of this.#pending.values()) if (block.has(key, hash)) return true;
    try {
      return this.#statements.timeless.get(bytesOf(key)) !== undefined;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return false;
    }
  }

  /** A segment is full and on its way to disk. */
  seal(firstSeq: number, keys: KeyBlock, slices: readonly Slice[]): void {
    for (const [i, { firstRow }] of slices.entries()) {
      const block = slices.length === 1 ? keys.fitted() : keys.part(firstRow, slices[i + 1]?.firstRow);
      this.#pending.set(firstSeq + firstRow, block);
    }
    this.#enter(firstSeq, slices);
    this.#forgetAnswer();
  }

  /** It is on disk, where its keys can be read again. */
  committed(firstSeq: number, flows: number): void {
    for (const [slice, block] of this.#pending) {
      if (slice < firstSeq || slice >= firstSeq + flows) continue;
      this.#pending.delete(slice);
      this.#keep(slice, block);
    }
  }

  /** Segments became one, with the numbers of all their flows. */
  merged(firstSeq: number, flows: number, slices: readonly Slice[]): void {
    this.forget(firstSeq, flows);
    this.#enter(firstSeq, slices);
  }

  #enter(firstSeq: number, slices: readonly Slice[]): void {
    for (const { firstRow, runs } of slices)
      for (const run of runs) this.#index.add(firstSeq + firstRow, run);
  }

  /** A segment was removed. */
  forget(firstSeq: number, flows: number): void {
    this.#index.remove(firstSeq, firstSeq + flows - 1);
    for (const slice of this.#loaded.keys()) {
      if (slice >= firstSeq && slice < firstSeq + flows) this.#drop(slice);
    }
    this.#forgetAnswer();
  }

  /** Knows what the file holds, and nothing else. */
  reload(): void {
    this.#index.clear();
    this.#pending.clear();
    this.#loaded.clear();
    this.#loadedBytes = 0;
    this.#forgetAnswer();
    // In one transaction: others merge segments meanwhile.
    this.db.transaction(() => {
      this.#readIndex();
    })();
  }

  #readIndex(): void {
    const { slices, ranges } = this.#statements;
    const cut = new Set<number>();
    for (const [firstSeq, firstRow, first, last] of slices.iterate()) {
      cut.add(firstSeq);
      this.#index.add(firstSeq + firstRow, { first, last });
    }
    for (const [firstSeq, timeMin, timeMax] of ranges.iterate()) {
      if (cut.has(Number(firstSeq))) continue;
      this.#index.add(Number(firstSeq), { first: secondOf(timeMin), last: secondOf(timeMax) });
    }
  }

  #lookUp(second: number): void {
    const { first, last, slices } = this.#index.find(second);
    this.#first = first;
    this.#last = last;
    this.#slices = slices;
    this.#blocks = this.#blocksOf(slices);
  }

  /** Undefined where they are more than there is room for: then each flow has them read one by one. */
  #blocksOf(slices: readonly number[]): KeyBlock[] | undefined {
    const blocks: KeyBlock[] = [];
    let bytes = 0;
    for (const seq of slices) {
      const block = this.#block(seq);
      if (block === undefined) continue;
      blocks.push(block);
      bytes += block.bytes;
      if (bytes > this.mostBytes) return undefined;
    }
    return blocks;
  }

  #forgetAnswer(): void {
    this.#first = 1;
    this.#last = 0;
    this.#blocks = [];
  }

  /** Undefined when its segment was removed. */
  #block(seq: number): KeyBlock | undefined {
    const pending = this.#pending.get(seq);
    if (pending !== undefined) return pending;
    const block = this.#loaded.get(seq) ?? this.#load(seq);
    if (block !== undefined) this.#keep(seq, block);
    return block;
  }

  /** Without any where they are damaged: better a flow is stored twice than none is stored any more. */
  #load(seq: number): KeyBlock | undefined {
    try {
      const row = this.#statements.keys.get({ seq });
      if (row === undefined || row.firstSeq + row.flows <= seq) return undefined;
      return KeyBlock.of(readKeys(row, seq - row.firstSeq, row.end ?? row.flows));
    } catch (error) {
      if (!isDamage(error)) throw error;
      return KeyBlock.ofRows(0);
    }
  }

  #keep(seq: number, block: KeyBlock): void {
    this.#drop(seq);
    this.#loaded.set(seq, block);
    this.#loadedBytes += block.bytes;
    for (const oldest of this.#loaded.keys()) {
      if (this.#loadedBytes <= this.mostBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(seq: number): void {
    this.#loadedBytes -= this.#loaded.get(seq)?.bytes ?? 0;
    this.#loaded.delete(seq);
  }
}

function prepare(db: Database.Database) {
  return {
    timeless: db.prepare<[Uint8Array], number>('SELECT 1 FROM timeless WHERE key = ?').pluck(),
    // Of the segment that holds the slice, with the row at which the next slice begins. Where it was merged a moment
    // ago, it was cut anew, and the slice begins at no cut: then what is behind it counts up to the segment's end.
    keys: db.prepare<[{ seq: number }], KeysRow & { firstSeq: number; end: number | null }>(
      `SELECT first_seq AS firstSeq, flows, layout, keys, keys_checksum AS checksum,
         CASE WHEN first_seq = :seq
           OR EXISTS (SELECT 1 FROM segment_slice WHERE segment_id = id AND first_row = :seq - first_seq)
         THEN (SELECT min(first_row) FROM segment_slice WHERE segment_id = id AND first_row > :seq - first_seq)
         END AS end
       FROM segment WHERE first_seq = (SELECT max(first_seq) FROM segment WHERE first_seq <= :seq)`,
    ),
    slices: db
      .prepare<[], [number, number, number, number]>(
        'SELECT first_seq, first_row, first_second, last_second FROM segment_slice JOIN segment ON id = segment_id',
      )
      .raw(),
    ranges: db
      .prepare<[], [bigint, bigint, bigint]>(
        'SELECT first_seq, time_min, time_max FROM segment ORDER BY first_seq',
      )
      .raw()
      .safeIntegers(),
  };
}
