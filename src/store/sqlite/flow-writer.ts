import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { NodeMinute } from '../../domain/coverage/node-minute.js';
import { bytesOf, canonicalText, hashText, readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import type { EventRecord } from '../../domain/flow/record.js';
import { fromMilliseconds } from '../../domain/flow/timestamp.js';
import { FlowWriter, type Block, type KeepLimits, type NewFlow, type Removal } from '../flow-writer.js';
import { isDamage } from './damage.js';
import { DictionaryWriter } from './dictionary-writer.js';
import { hashOf } from './key-block.js';
import { KnownKeys } from './known-keys.js';
import type { CountedRows } from './edge-counter.js';
import { LedgerWriter } from './ledger-writer.js';
import { NodeMinutes } from './node-minutes.js';
import { Retention, waitOf } from './retention.js';
import { Rollup } from './rollup.js';
import { SegmentBuilder, type PackedSegment } from './segment-builder.js';
import { SegmentInserter } from './segment-inserter.js';
import { SegmentMerger } from './segment-merger.js';
import { SteadyClock } from './steady-clock.js';
import { secondOf } from './time-runs.js';

/** Sealed segments that may wait for the disk before the reader of flows has to. */
const MOST_WAITING = 2;
/** A generation of the dictionary ends when it served this many flows, or has this many bytes. */
const GENERATION_FLOWS = 1 << 20;
const GENERATION_BYTES = 64 << 20;
/** A long removal is told so often, in milliseconds: maps of everything are then made again. */
const TELL_AFTER = 5_000;

interface NewEvent {
  afterSeq: number;
  event: EventRecord;
  key: FlowKey;
  record: string;
}

/** What is inserted beside a segment, in its transaction, and whom to tell. */
interface Beside {
  block: Block;
  rows: CountedRows;
  minutes: readonly NodeMinute[];
  events: readonly NewEvent[];
  checkpoints: ReadonlyMap<string, string | undefined>;
}

/** Why a commit failed, or undefined. */
type Outcome = Error | undefined;

/** Writes segments: fills the open one, compresses sealed ones beside, commits them in order. */
export class SqliteFlowWriter extends FlowWriter {
  readonly #known: KnownKeys;
  readonly #rollup: Rollup;
  /** Keys of events that are not yet on disk. */
  readonly #newEvents = new Set<string>();
  readonly #key: FlowKey = new Uint32Array(4);
  readonly #statements: ReturnType<typeof prepare>;
  readonly #inserter: SegmentInserter;
  readonly #ledger: LedgerWriter;
  readonly #minutes: NodeMinutes;
  readonly #merger: SegmentMerger;
  readonly #clock: SteadyClock;
  #isClockDoubted = false;
  #events: NewEvent[] = [];
  /** Counted here, as SQLite would give the number of a removed one again, which whoever follows has behind them. */
  #lastEvent = 0;
  #generation = 0;
  /** Of the newest segment on disk: it and later ones are in use. */
  #generationOnDisk = 0;
  #generationFlows = 0;
  #dictionary = new DictionaryWriter();
  #checkpoints = new Map<string, string | undefined>();
  #segment: SegmentBuilder;
  /** Commits under way, oldest first. */
  readonly #commits: Promise<Outcome>[] = [];
  #failure: Outcome;
  #openSince = 0;
  #retention: Retention | undefined;
  failures = 0;
  block: Block = { fate: 'open' };

  constructor(
    private readonly db: Database.Database,
    private readonly now: () => number = Date.now,
    /** Milliseconds that only ever grow, whatever is done to the clock. */
    private readonly elapsed: () => number = () => performance.now(),
    mostBytesOfKeys?: number,
  ) {
    super();
    this.#known = new KnownKeys(db, mostBytesOfKeys);
    this.#rollup = new Rollup(db, elapsed);
    this.#clock = new SteadyClock(now, elapsed);
    this.#statements = prepare(db);
    this.#inserter = new SegmentInserter(db);
    this.#ledger = new LedgerWriter(db);
    this.#minutes = new NodeMinutes(db);
    this.#merger = new SegmentMerger(db, ({ firstSeq, flows, slices }) => {
      this.#known.merged(firstSeq, flows, slices);
    });
    this.#segment = new SegmentBuilder(1, 0, this.#dictionary);
    this.#reload();
  }

  append(added: NewFlow): boolean {
    const { flow } = added;
    const key = added.key ?? this.#key;
    const keyIsUuid = added.key !== undefined || readUuid(flow.uuid, key);
    if (!keyIsUuid) hashText(flow.uuid === '' ? contentOf(added) : `uuid ${flow.uuid}`, key);
    const hash = hashOf(key);
    const second = flow.time === undefined ? undefined : secondOf(flow.time);
    if (this.#segment.keys.has(key, hash) || this.#known.has(key, hash, second)) return false;
    this.#beginWaiting();
    this.#segment.add(added, flow.time ?? fromMilliseconds(this.now()), key, keyIsUuid);
    if (this.#segment.isFull) this.#seal();
    return true;
  }

  appendEvent(event: EventRecord, bytes: Uint8Array): boolean {
    const record = Buffer.from(bytes).toString('utf8');
    const key: FlowKey = new Uint32Array(4);
    hashText(canonicalText(record), key);
    const name = key.join();
    if (this.#newEvents.has(name)) return false;
    if (this.#isKnownEvent(key)) return false;
    this.#newEvents.add(name);
    this.#beginWaiting();
    const afterSeq = this.#segment.firstSeq + this.#segment.rows - 1;
    this.#events.push({ afterSeq, event, key, record });
    return true;
  }

  /** Unless it cannot be told: what must be told then is that nothing can be written. */
  #isKnownEvent(key: FlowKey): boolean {
    try {
      return this.#statements.statements.knownEvent.get(bytesOf(key)) !== undefined;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return false;
    }
  }

  checkpoint(source: string, state: string | undefined): void {
    this.#beginWaiting();
    this.#checkpoints.set(source, state);
  }

  async commit(): Promise<void> {
    if (!this.#isEmpty) this.#seal();
    const failure = await this.#commits.at(-1);
    if (failure !== undefined) throw failure;
  }

  commitAfter(milliseconds: number): void {
    if (!this.#isEmpty && this.elapsed() - this.#openSince >= milliseconds) this.#seal();
    this.#rollup.tend();
  }

  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): void {
    this.#ledger.acknowledge(edge, acknowledgement);
  }

  noteDigest(posted: PostedDigest): void {
    this.#ledger.noteDigest(posted);
  }

  get #isEmpty(): boolean {
    return this.#segment.rows === 0 && this.#events.length === 0 && this.#checkpoints.size === 0;
  }

  #beginWaiting(): void {
    if (this.#isEmpty) this.#openSince = this.elapsed();
  }

  async ready(): Promise<void> {
    while (this.#commits.length >= MOST_WAITING) await this.#commits[0];
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
      this.onDelay(
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
      for (const { firstSeq, flows } of step.segments) this.#known.forget(firstSeq, flows);
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

  /** Not while commits are under way: what is new comes first. */
  async merge(limits: KeepLimits): Promise<boolean> {
    const stretch = BigInt(Math.max(1, waitOf(limits))) * 1_000_000n;
    return this.#commits.length === 0 && (await this.#merger.mergeSome({ stretch, isGrowing: true }));
  }

  async close(): Promise<void> {
    await this.commit()
      // What cannot be written now is counted again at the next start.
      .then(() => this.#rollup.catchUp().catch(() => undefined))
      .finally(() => this.db.close());
  }

  /** Takes the open segment out of the way and lets its compression and commit begin. */
  #seal(): void {
    const segment = this.#segment;
    const beside = {
      block: this.block,
      rows: segment.counted(),
      minutes: this.#minutes.of(segment.delivered, this.now()),
      events: this.#events,
      checkpoints: this.#checkpoints,
    };
    const packed = segment.rows === 0 ? Promise.resolve(undefined) : segment.pack();
    this.#known.seal(segment.firstSeq, segment.keys, segment.slices);
    this.#generationFlows += segment.rows;
    const full = this.#generationFlows >= GENERATION_FLOWS || this.#dictionary.bytes >= GENERATION_BYTES;
    if (full) this.#beginGeneration();
    this.#segment = this.#newSegment(segment.firstSeq + segment.rows);
    this.#events = [];
    this.#checkpoints = new Map();
    this.block = { fate: 'open' };
    packed.catch(() => undefined);
    this.#commits.push(this.#insertBehind(this.#commits.at(-1), packed, beside));
  }

  #newSegment(firstSeq: number): SegmentBuilder {
    return new SegmentBuilder(firstSeq, this.#generation, this.#dictionary);
  }

  #beginGeneration(): void {
    this.#generation++;
    this.#generationFlows = 0;
    this.#dictionary = new DictionaryWriter();
  }

  async #insertBehind(
    earlier: Promise<Outcome> | undefined,
    packed: Promise<PackedSegment | undefined>,
    beside: Beside,
  ): Promise<Outcome> {
    await earlier;
    const failure = await this.#tryInsert(packed, beside);
    void this.#commits.shift();
    if (failure !== undefined && this.#commits.length === 0) this.#tryReload();
    return failure;
  }

  /** After a failure nothing that came behind it may be kept: its numbers would leave a gap. */
  async #tryInsert(packed: Promise<PackedSegment | undefined>, beside: Beside): Promise<Outcome> {
    try {
      const segment = await packed;
      if (this.#failure === undefined) {
        this.#insert(segment, beside);
        if (segment !== undefined) {
          this.#known.committed(segment.firstSeq, segment.flows);
          this.#generationOnDisk = segment.generation;
        }
        for (const { key } of beside.events) this.#newEvents.delete(key.join());
        beside.block.fate = 'kept';
        if (segment !== undefined || beside.events.length > 0) this.onCommit();
      }
    } catch (error) {
      this.failures++;
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
    if (this.#failure !== undefined) beside.block.fate = 'lost';
    return this.#failure;
  }

  #insert(segment: PackedSegment | undefined, { rows, minutes, events, checkpoints }: Beside): void {
    const { statements } = this.#statements;
    this.db.transaction(() => {
      if (segment !== undefined) {
        this.#inserter.insert(segment);
        this.#minutes.insert(segment.firstSeq, minutes);
        this.#rollup.add(rows);
      }
      for (const { afterSeq, event, key, record } of events) {
        statements.event.run(
          ++this.#lastEvent,
          afterSeq,
          bytesOf(key),
          event.kind,
          event.time ?? null,
          event.node,
          event.lost?.source ?? null,
          event.lost?.events ?? null,
          event.lost?.first ?? null,
          record,
        );
      }
      for (const [source, state] of checkpoints) {
        if (state === undefined) statements.forgetCheckpoint.run(source);
        else statements.checkpoint.run(source, state, this.now());
      }
    })();
  }

  /** Where it cannot be told what is held, nothing may be stored: the next commit fails as well, and tries again. */
  #tryReload(): void {
    try {
      this.#reload();
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }

  /** Knows again exactly what the file holds: at the start, and after a commit failed. */
  #reload(): void {
    const { statements } = this.#statements;
    this.#known.reload();
    this.#rollup.reload();
    this.#minutes.reload();
    this.#newEvents.clear();
    this.#lastEvent = Math.max(this.#lastEvent, Number(statements.lastEvent.get() ?? 0));
    this.#generation = Number(statements.lastGeneration.get() ?? 0);
    this.#generationOnDisk = this.#generation;
    this.#beginGeneration();
    this.#segment = this.#newSegment(Number(statements.lastSeq.get() ?? 0) + 1);
    this.#events = [];
    this.#checkpoints = new Map();
    this.block.fate = 'lost';
    this.block = { fate: 'open' };
    this.#failure = undefined;
  }
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function contentOf({ flow, template, known, own }: NewFlow): string {
  const texts = known.map(({ text }) => text);
  return canonicalText(template.compose(flow, texts, own.map(String)));
}

function prepare(db: Database.Database) {
  return {
    statements: {
      event: db.prepare(
        'INSERT OR IGNORE INTO event (id, after_seq, key, kind, time, node, source, events, lost_from, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      checkpoint: db.prepare('INSERT OR REPLACE INTO checkpoint (source, state, updated) VALUES (?, ?, ?)'),
      forgetCheckpoint: db.prepare('DELETE FROM checkpoint WHERE source = ?'),
      knownEvent: db.prepare('SELECT 1 FROM event WHERE key = ?').pluck(),
      lastEvent: db.prepare('SELECT max(id) FROM event').pluck(),
      lastGeneration: db.prepare('SELECT max(generation) FROM dictionary').pluck(),
      lastSeq: db
        .prepare(
          'SELECT max(last_seq, (SELECT coalesce(max(first_seq + flows - 1), 0) FROM segment)) FROM retention',
        )
        .pluck(),
    },
  };
}
