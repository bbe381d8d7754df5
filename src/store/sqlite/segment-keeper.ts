import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { bytesOf } from '../../domain/flow/flow-key.js';
import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import type { KeepLimits, Removal } from '../flow-writer.js';
import { isDamage } from './damage.js';
import { DictionaryReader } from './dictionary-reader.js';
import type { NewEvent, Sealed, TextChunk } from './filled-segment.js';
import type { Keeper, KeeperNews } from './keeper.js';
import { LedgerWriter } from './ledger-writer.js';
import { NodeMinutes } from './node-minutes.js';
import { Retention, waitOf } from './retention.js';
import { Rollup } from './rollup.js';
import { SegmentInserter } from './segment-inserter.js';
import { SegmentMerger } from './segment-merger.js';
import { SegmentPacker, type Packed } from './segment-packer.js';
import { SteadyClock } from './steady-clock.js';

/** A long removal is told so often, in milliseconds: maps of everything are then made again. */
const TELL_AFTER = 5_000;

/** Holds the connection that writes: packs segments and commits them, one after another. */
export class SegmentKeeper implements Keeper {
  readonly #packer: SegmentPacker;
  readonly #rollup: Rollup;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #inserter: SegmentInserter;
  readonly #ledger: LedgerWriter;
  readonly #minutes: NodeMinutes;
  readonly #merger: SegmentMerger;
  readonly #clock: SteadyClock;
  #isClockDoubted = false;
  /** Counted here, as SQLite would give the number of a removed one again, which whoever follows has behind them. */
  #lastEvent = 0;
  /** Of the newest segment on disk: it and later ones are in use. */
  #generationOnDisk = 0;
  #failure: Error | undefined;
  #retention: Retention | undefined;

  constructor(
    private readonly db: Database.Database,
    private readonly news: KeeperNews,
    private readonly now: () => number = Date.now,
    /** Milliseconds that only ever grow, whatever is done to the clock. */
    elapsed: () => number = () => performance.now(),
  ) {
    const dictionary = new DictionaryReader(db, 1);
    this.#packer = new SegmentPacker((generation, id) => dictionary.generation(generation).endpoint(id));
    this.#rollup = new Rollup(db, elapsed, now);
    this.#clock = new SteadyClock(now, elapsed);
    this.#statements = prepare(db);
    this.#inserter = new SegmentInserter(db);
    this.#ledger = new LedgerWriter(db);
    this.#minutes = new NodeMinutes(db);
    this.#merger = new SegmentMerger(db, ({ firstSeq, flows, slices }) => {
      news.merged(firstSeq, flows, slices);
    });
    this.#reload();
  }

  addTexts(chunk: TextChunk): void {
    this.#packer.addTexts(chunk);
  }

  store(sealed: Sealed): Promise<void> {
    return promised(() => {
      this.#storeNext(sealed);
    });
  }

  /** After a failure nothing that came behind it may be kept: its numbers would leave a gap. */
  #storeNext(sealed: Sealed): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const packed = sealed.segment && this.#packer.pack(sealed.segment);
      this.#insert(sealed, packed);
      if (packed !== undefined) this.#generationOnDisk = packed.segment.generation;
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  #insert(sealed: Sealed, packed: Packed | undefined): void {
    this.db.transaction(() => {
      if (packed !== undefined) {
        const { segment, delivered, rows } = packed;
        this.#inserter.insert(segment);
        this.#minutes.insert(segment.firstSeq, this.#minutes.of(delivered, sealed.arrival));
        this.#rollup.add(rows);
      }
      for (const event of sealed.events) this.#insertEvent(event);
      this.#note(sealed.checkpoints);
    })();
  }

  #insertEvent({ afterSeq, key, kind, time, node, lost, record }: NewEvent): void {
    this.#statements.event.run(
      ++this.#lastEvent,
      afterSeq,
      bytesOf(key),
      kind,
      time ?? null,
      node,
      lost?.source ?? null,
      lost?.events ?? null,
      lost?.first ?? null,
      record,
    );
  }

  #note(checkpoints: Sealed['checkpoints']): void {
    const { checkpoint, forgetCheckpoint } = this.#statements;
    for (const [source, state] of checkpoints) {
      if (state === undefined) forgetCheckpoint.run(source);
      else checkpoint.run(source, state, this.now());
    }
  }

  resume(): void {
    this.#packer.forget();
    this.#failure = undefined;
    try {
      this.#reload();
    } catch (error) {
      // What comes next fails as well, and then it is tried again.
      if (!isDamage(error)) throw error;
      this.#failure = error;
    }
  }

  /** Knows again exactly what the file holds: at the start, and after a commit failed. */
  #reload(): void {
    const { lastEvent, lastGeneration } = this.#statements;
    this.#rollup.reload();
    this.#minutes.reload();
    this.#lastEvent = Math.max(this.#lastEvent, Number(lastEvent.get() ?? 0));
    this.#generationOnDisk = Number(lastGeneration.get() ?? 0);
  }

  tend(): void {
    this.#rollup.tend();
  }

  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): Promise<void> {
    return promised(() => {
      this.#ledger.acknowledge(edge, acknowledgement);
    });
  }

  noteDigest(posted: PostedDigest): Promise<void> {
    return promised(() => {
      this.#ledger.noteDigest(posted);
    });
  }

  async trim(limits: KeepLimits): Promise<Removal | undefined> {
    if (this.#retention?.limits !== limits)
      this.#retention = new Retention(this.db, limits, () => this.#clock.now());
    const retention = this.#retention;
    this.#tellDoubt();
    const removal = retention.isDue ? await this.#removeAll(retention) : undefined;
    while (this.db.open && retention.removeOldSums()) await setImmediate();
    if (this.db.open && !retention.isTold) retention.tell(this.#generationOnDisk);
    let isSmaller = false;
    while (this.db.open && retention.shrinkSome()) {
      isSmaller = true;
      await setImmediate();
    }
    if (this.db.open && (removal !== undefined || isSmaller)) retention.emptyLog();
    return removal;
  }

  #tellDoubt(): void {
    const { doubted } = this.#clock;
    if (doubted > 0 && !this.#isClockDoubted) {
      const hours = Math.round(doubted / 3_600_000);
      this.news.delay(
        `the clock was set forward by ${hours} hours; what has become too old by that is removed when it has stayed so for an hour`,
      );
    }
    this.#isClockDoubted = doubted > 0;
  }

  /** Between the steps, commits have their turn; the last of them may be the one that closes. */
  async #removeAll(retention: Retention): Promise<Removal | undefined> {
    const removal: Removal = { flows: 0, events: 0, until: undefined };
    let told = this.now();
    // What is not yet in the sums would never be. That they cannot be written is no reason to keep more.
    await this.#rollup.catchUp().catch(() => undefined);
    while (this.db.open) {
      const step = await retention.removeSome();
      if (step === undefined) break;
      for (const { firstSeq, flows } of step.segments) this.news.removed(firstSeq, flows);
      removal.flows += step.flows;
      removal.events += step.events;
      removal.until = later(removal.until, step.until);
      if (this.now() - told >= TELL_AFTER) {
        retention.tell(this.#generationOnDisk);
        told = this.now();
      }
      await setImmediate();
    }
    return removal.flows === 0 && removal.events === 0 ? undefined : removal;
  }

  merge(limits: KeepLimits): Promise<boolean> {
    const stretch = BigInt(Math.max(1, waitOf(limits))) * 1_000_000n;
    return this.#merger.mergeSome({ stretch, isGrowing: true });
  }

  async close(): Promise<void> {
    // What cannot be written now is counted again at the next start.
    await this.#rollup.catchUp().catch(() => undefined);
    this.db.close();
  }
}

/** Done at once; what it throws is a rejection. */
function promised(action: () => void): Promise<void> {
  return new Promise((resolve) => {
    action();
    resolve();
  });
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function prepare(db: Database.Database) {
  return {
    event: db.prepare(
      'INSERT OR IGNORE INTO event (id, after_seq, key, kind, time, node, source, events, lost_from, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    checkpoint: db.prepare('INSERT OR REPLACE INTO checkpoint (source, state, updated) VALUES (?, ?, ?)'),
    forgetCheckpoint: db.prepare('DELETE FROM checkpoint WHERE source = ?'),
    lastEvent: db.prepare('SELECT max(id) FROM event').pluck(),
    lastGeneration: db.prepare('SELECT max(generation) FROM dictionary').pluck(),
  };
}
