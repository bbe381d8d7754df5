import type Database from 'better-sqlite3';
import { asError } from '../../domain/errors.js';
import { bytesOf, canonicalText, hashText, readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import type { EventRecord } from '../../domain/flow/record.js';
import { fromMilliseconds } from '../../domain/flow/timestamp.js';
import {
  FlowWriter,
  recordOf,
  type Block,
  type KeepLimits,
  type NewFlow,
  type NumberedRecords,
  type Removal,
} from '../flow-writer.js';
import { isDamage } from './damage.js';
import { DictionaryWriter } from './dictionary-writer.js';
import type { NewEvent } from './filled-segment.js';
import type { Keeper, KeeperNews } from './keeper.js';
import { hashOf } from './key-block.js';
import { KnownKeys } from './known-keys.js';
import { NewDrops } from './new-drops.js';
import { SEGMENT_ROWS, SegmentBuilder } from './segment-builder.js';
import { SegmentKeeper } from './segment-keeper.js';
import { secondOf } from './time-runs.js';

/** Sealed segments that may wait for the disk before the reader of flows has to. */
const MOST_WAITING = 2;
/** A generation of the dictionary ends when it served this many flows, or has this many bytes. */
const GENERATION_FLOWS = 1 << 20;
const GENERATION_BYTES = 64 << 20;

/** Why a commit failed, or undefined. */
type Outcome = Error | undefined;

/** What waits for a commit. */
interface Waiting {
  block: Block;
  firstSeq: number;
  flows: number;
  events: readonly NewEvent[];
  dropped: NumberedRecords;
}

/** Who writes to the database, where it is not the one that reads it here: another thread. */
export type OpenKeeper = (news: KeeperNews) => Keeper;

/**
 * Fills the open segment with what is new, and hands it over when it is full. The database is only read here, to
 * know what is new.
 */
export class SqliteFlowWriter extends FlowWriter {
  readonly #known: KnownKeys;
  readonly #keeper: Keeper;
  /** Keys of events that are not yet on disk. */
  readonly #newEvents = new Set<string>();
  readonly #key: FlowKey = new Uint32Array(4);
  readonly #statements: ReturnType<typeof prepare>;
  #events: NewEvent[] = [];
  readonly #drops = new NewDrops();
  #generation = 0;
  #generationFlows = 0;
  #dictionary = new DictionaryWriter();
  #checkpoints = new Map<string, string | undefined>();
  #segment: SegmentBuilder;
  /** Commits under way, oldest first. */
  readonly #commits: Promise<Outcome>[] = [];
  #failure: Outcome;
  #openSince = 0;
  failures = 0;
  block: Block = { fate: 'open' };
  /** Whether records of drops are told with commits. */
  tellsDrops = true;

  constructor(
    db: Database.Database,
    private readonly now: () => number = Date.now,
    /** Milliseconds that only ever grow, whatever is done to the clock. */
    private readonly elapsed: () => number = () => performance.now(),
    mostBytesOfKeys?: number,
    open: OpenKeeper = (news) => new SegmentKeeper(db, news, now, elapsed),
  ) {
    super();
    this.#known = new KnownKeys(db, mostBytesOfKeys);
    this.#statements = prepare(db);
    this.#keeper = open({
      merged: (firstSeq, flows, slices) => {
        this.#known.merged(firstSeq, flows, slices);
      },
      removed: (firstSeq, flows) => {
        this.#known.forget(firstSeq, flows);
      },
      delay: (message) => {
        this.onDelay(message);
      },
    });
    this.#segment = this.#newSegment(1);
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
    if (flow.traits.verdict === 'DROPPED') this.#noteDrop(added);
    if (this.#segment.isFull) this.#seal();
    return true;
  }

  /** The row that was added last. */
  #noteDrop(added: NewFlow): void {
    if (this.tellsDrops) this.#drops.add(this.#segment.firstSeq + this.#segment.rows - 1, added);
  }

  appendEvent({ kind, time, node, lost }: EventRecord, bytes: Uint8Array): boolean {
    const record = Buffer.from(bytes).toString('utf8');
    const key: FlowKey = new Uint32Array(4);
    hashText(canonicalText(record), key);
    const name = key.join();
    if (this.#newEvents.has(name)) return false;
    if (this.#isKnownEvent(key)) return false;
    this.#newEvents.add(name);
    this.#beginWaiting();
    const afterSeq = this.#segment.firstSeq + this.#segment.rows - 1;
    this.#events.push({ afterSeq, key, kind, time, node, lost, record });
    return true;
  }

  /** Unless it cannot be told: what must be told then is that nothing can be written. */
  #isKnownEvent(key: FlowKey): boolean {
    try {
      return this.#statements.knownEvent.get(bytesOf(key)) !== undefined;
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
    this.#keeper.tend();
  }

  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): Promise<void> {
    return this.#keeper.acknowledge(edge, acknowledgement);
  }

  noteDigest(posted: PostedDigest): Promise<void> {
    return this.#keeper.noteDigest(posted);
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

  trim(limits: KeepLimits): Promise<Removal | undefined> {
    return this.#keeper.trim(limits);
  }

  /** Not while commits are under way: what is new comes first. */
  async merge(limits: KeepLimits): Promise<boolean> {
    return this.#commits.length === 0 && (await this.#keeper.merge(limits));
  }

  async close(): Promise<void> {
    await this.commit().finally(() => this.#keeper.close());
  }

  /** Takes the open segment out of the way and lets it be stored. */
  #seal(): void {
    const segment = this.#segment;
    const { firstSeq, rows: flows } = segment;
    const events = this.#events;
    const waiting = { block: this.block, firstSeq, flows, events, dropped: this.#drops.take() };
    const stored = this.#keeper.store({
      segment: flows === 0 ? undefined : segment.take(),
      arrival: this.now(),
      events,
      checkpoints: this.#checkpoints,
    });
    this.#known.seal(firstSeq, segment.keys, segment.slices);
    this.#generationFlows += flows;
    const full = this.#generationFlows >= GENERATION_FLOWS || this.#dictionary.bytes >= GENERATION_BYTES;
    if (full) this.#beginGeneration();
    this.#segment = this.#newSegment(firstSeq + flows);
    this.#events = [];
    this.#checkpoints = new Map();
    this.block = { fate: 'open' };
    this.#commits.push(this.#settle(stored, waiting));
  }

  #newSegment(firstSeq: number): SegmentBuilder {
    const keys = this.#known.emptyBlock(SEGMENT_ROWS);
    return new SegmentBuilder(firstSeq, this.#generation, this.#dictionary, keys, (chunk) => {
      this.#keeper.addTexts(chunk);
    });
  }

  #beginGeneration(): void {
    this.#generation++;
    this.#generationFlows = 0;
    this.#dictionary = new DictionaryWriter();
  }

  async #settle(stored: Promise<void>, waiting: Waiting): Promise<Outcome> {
    const failure = await this.#outcome(stored, waiting);
    void this.#commits.shift();
    if (failure !== undefined && this.#commits.length === 0) this.#tryReload();
    return failure;
  }

  async #outcome(stored: Promise<void>, waiting: Waiting): Promise<Outcome> {
    const { block, firstSeq, flows, events, dropped } = waiting;
    try {
      await stored;
    } catch (error) {
      // The keeper stores nothing behind it either, up to the reload.
      if (this.#failure === undefined) this.failures++;
      this.#failure ??= asError(error);
      block.fate = 'lost';
      return this.#failure;
    }
    if (flows > 0) this.#known.committed(firstSeq, flows);
    for (const { key } of events) this.#newEvents.delete(key.join());
    block.fate = 'kept';
    if (flows > 0 || events.length > 0) this.onCommit(dropped);
    return undefined;
  }

  /** Where it cannot be told what is held, nothing may be stored: the next commit fails as well, and tries again. */
  #tryReload(): void {
    try {
      this.#reload();
      this.#keeper.resume();
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }

  /** Knows again exactly what the file holds: at the start, and after a commit failed. */
  #reload(): void {
    const { lastSeq, lastGeneration } = this.#statements;
    this.#known.reload();
    this.#newEvents.clear();
    this.#generation = Number(lastGeneration.get() ?? 0);
    this.#beginGeneration();
    this.#segment = this.#newSegment(Number(lastSeq.get() ?? 0) + 1);
    this.#events = [];
    this.#drops.take();
    this.#checkpoints = new Map();
    this.block.fate = 'lost';
    this.block = { fate: 'open' };
    this.#failure = undefined;
  }
}

function contentOf(added: NewFlow): string {
  return canonicalText(recordOf(added));
}

function prepare(db: Database.Database) {
  return {
    knownEvent: db.prepare('SELECT 1 FROM event WHERE key = ?').pluck(),
    lastGeneration: db.prepare('SELECT max(generation) FROM dictionary').pluck(),
    lastSeq: db
      .prepare(
        'SELECT max(last_seq, (SELECT coalesce(max(first_seq + flows - 1), 0) FROM segment)) FROM retention',
      )
      .pluck(),
  };
}
