import type Database from 'better-sqlite3';
import { bytesOf, type FlowKey } from '../../domain/flow/flow-key.js';
import { Recent } from '../../domain/recent.js';
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
 * The part of it that is for slices which came a moment ago, some 600,000 flows: what comes again soon after is found
 * without reading it. The rest is for those that were asked for.
 */
const FRESH = 1 / 4;

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
  /** Of slices on disk: those that came last, and those that were asked for last. */
  readonly #fresh: Recent<number, KeyBlock>;
  readonly #asked: Recent<number, KeyBlock>;
  /** One that had to make room for others. */
  #left: KeyBlock | undefined;
  readonly #statements: ReturnType<typeof prepare>;
  /** The last question: for which seconds its answer holds, which slices, and their keys where there is room. */
  #first = 1;
  #last = 0;
  #slices: readonly number[] = [];
  #blocks: readonly KeyBlock[] | undefined;

  constructor(
    private readonly db: Database.Database,
    mostBytes = MOST_BYTES,
  ) {
    this.#statements = prepare(db);
    this.#fresh = new Recent(mostBytes * FRESH, (left) => {
      this.#left = left;
    });
    this.#asked = new Recent(mostBytes * (1 - FRESH));
  }

  /** Bytes of keys held, but for those on their way to disk. */
  get bytes(): number {
    return this.#fresh.cost + this.#asked.cost;
  }

  /** For the next segment: memory that is used again, as what is freed is garbage until V8 collects the old generation. */
  emptyBlock(rows: number): KeyBlock {
    const left = this.#left;
    this.#left = undefined;
    if (left?.rows !== rows) return KeyBlock.ofRows(rows);
    this.#forgetAnswer();
    left.clear();
    return left;
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
      this.#fresh.put(slice, block, block.bytes);
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
    for (const held of [this.#fresh, this.#asked])
      for (const slice of held.keys()) if (slice >= firstSeq && slice < firstSeq + flows) held.delete(slice);
    this.#forgetAnswer();
  }

  /** Knows what the file holds, and nothing else. */
  reload(): void {
    this.#index.clear();
    this.#pending.clear();
    this.#fresh.clear();
    this.#asked.clear();
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
      if (bytes > this.#asked.room) return undefined;
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
    const held = this.#pending.get(seq) ?? this.#fresh.get(seq) ?? this.#asked.get(seq);
    if (held !== undefined) return held;
    const block = this.#load(seq);
    return block && this.#asked.put(seq, block, block.bytes);
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
