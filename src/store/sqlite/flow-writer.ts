import type Database from 'better-sqlite3';
import { canonicalText, hashText, readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
import type { Flow } from '../../domain/flow/flow.js';
import { fromTemplate } from '../../domain/flow/record-template.js';
import type { EventRecord } from '../../domain/flow/record.js';
import { fromMilliseconds } from '../../domain/flow/timestamp.js';
import { FlowWriter, type NewFlow } from '../flow-store.js';
import { KeySet } from './key-set.js';
import { SegmentBuilder, type PackedSegment } from './segment-builder.js';

/** Sealed segments that may wait for the disk before the reader of flows has to. */
const MOST_WAITING = 2;

interface NewEvent {
  event: EventRecord;
  key: Uint8Array;
  record: string;
}

/** Why a commit failed, or undefined. */
type Outcome = Error | undefined;

/** Writes segments: fills the open one, compresses sealed ones beside, commits them in order. */
export class SqliteFlowWriter extends FlowWriter {
  readonly #keys = new KeySet();
  readonly #key: FlowKey = new Uint32Array(4);
  readonly #statements: ReturnType<typeof prepare>;
  #events: NewEvent[] = [];
  #segment: SegmentBuilder;
  /** Commits under way, oldest first. */
  readonly #commits: Promise<Outcome>[] = [];
  #failure: Outcome;
  #openSince = 0;
  failures = 0;

  constructor(
    private readonly db: Database.Database,
    private readonly now: () => number = Date.now,
  ) {
    super();
    this.#statements = prepare(db);
    this.#segment = new SegmentBuilder(1);
    this.#reload();
  }

  append({ flow, template }: NewFlow): boolean {
    const key = this.#key;
    const keyIsUuid = readUuid(flow.uuid, key);
    if (!keyIsUuid) hashText(flow.uuid === '' ? contentOf(flow, template) : `uuid ${flow.uuid}`, key);
    if (!this.#keys.add(key)) return false;
    if (this.#segment.rows === 0) this.#openSince = this.now();
    this.#segment.add(flow, flow.time ?? fromMilliseconds(this.now()), key, keyIsUuid, template);
    if (this.#segment.isFull) this.#seal();
    return true;
  }

  appendEvent(event: EventRecord, bytes: Uint8Array): boolean {
    const record = Buffer.from(bytes).toString('utf8');
    const key: FlowKey = new Uint32Array(4);
    hashText(canonicalText(record), key);
    if (!this.#keys.add(key)) return false;
    this.#events.push({ event, key: new Uint8Array(key.buffer), record });
    return true;
  }

  async commit(): Promise<void> {
    if (this.#segment.rows > 0 || this.#events.length > 0) this.#seal();
    const failure = await this.#commits.at(-1);
    if (failure !== undefined) throw failure;
  }

  commitAfter(milliseconds: number): void {
    if (this.#segment.rows > 0 && this.now() - this.#openSince >= milliseconds) this.#seal();
  }

  async ready(): Promise<void> {
    while (this.#commits.length >= MOST_WAITING) await this.#commits[0];
  }

  async close(): Promise<void> {
    await this.commit().finally(() => this.db.close());
  }

  /** Takes the open segment out of the way and lets its compression and commit begin. */
  #seal(): void {
    const segment = this.#segment;
    const events = this.#events;
    this.#segment = new SegmentBuilder(segment.firstSeq + segment.rows);
    this.#events = [];
    const packed = segment.rows === 0 ? Promise.resolve(undefined) : segment.pack();
    packed.catch(() => undefined);
    this.#commits.push(this.#insertBehind(this.#commits.at(-1), packed, events));
  }

  async #insertBehind(
    earlier: Promise<Outcome> | undefined,
    packed: Promise<PackedSegment | undefined>,
    events: readonly NewEvent[],
  ): Promise<Outcome> {
    await earlier;
    const failure = await this.#tryInsert(packed, events);
    void this.#commits.shift();
    if (failure !== undefined && this.#commits.length === 0) this.#reload();
    return failure;
  }

  /** After a failure nothing that came behind it may be kept: its numbers would leave a gap. */
  async #tryInsert(
    packed: Promise<PackedSegment | undefined>,
    events: readonly NewEvent[],
  ): Promise<Outcome> {
    try {
      const segment = await packed;
      if (this.#failure === undefined) {
        this.#insert(segment, events);
        this.onCommit();
      }
    } catch (error) {
      this.failures++;
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
    return this.#failure;
  }

  #insert(segment: PackedSegment | undefined, events: readonly NewEvent[]): void {
    const { statements } = this.#statements;
    this.db.transaction(() => {
      if (segment !== undefined) this.#insertSegment(segment);
      for (const { event, key, record } of events) {
        statements.event.run(
          key,
          event.kind,
          event.time ?? null,
          event.node,
          event.lost?.source ?? null,
          event.lost?.events ?? null,
          event.lost?.first ?? null,
          record,
        );
      }
    })();
  }

  #insertSegment(segment: PackedSegment): void {
    const { statements } = this.#statements;
    const { firstSeq, flows, timeMin, timeMax, parts, tallies, columns, keys } = segment;
    const { lastInsertRowid: id } = statements.segment.run(
      firstSeq,
      flows,
      timeMin,
      timeMax,
      parts,
      tallies,
      columns,
      keys,
    );
    for (const { firstRow, records } of segment.chunks) statements.chunk.run(id, firstRow, records);
    for (const node of segment.nodes) {
      statements.node.run(id, node.node, node.flows, node.timeMin, node.timeMax);
    }
  }

  /** Knows again exactly what the file holds: at the start, and after a commit failed. */
  #reload(): void {
    const { statements } = this.#statements;
    this.#keys.clear();
    for (const keys of statements.keys.iterate()) this.#keys.addAll(keys as Uint8Array);
    for (const key of statements.eventKeys.iterate()) this.#keys.addAll(key as Uint8Array);
    this.#segment = new SegmentBuilder(Number(statements.lastSeq.get() ?? 0) + 1);
    this.#events = [];
    this.#failure = undefined;
  }
}

function contentOf(flow: Flow, template: Buffer): string {
  return canonicalText(fromTemplate(template.toString('utf8'), flow));
}

function prepare(db: Database.Database) {
  return {
    statements: {
      segment: db.prepare(
        'INSERT INTO segment (first_seq, flows, time_min, time_max, parts, tallies, columns, keys) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      chunk: db.prepare('INSERT INTO record_chunk (segment_id, first_row, records) VALUES (?, ?, ?)'),
      node: db.prepare(
        'INSERT INTO segment_node (segment_id, node, flows, time_min, time_max) VALUES (?, ?, ?, ?, ?)',
      ),
      event: db.prepare(
        'INSERT OR IGNORE INTO event (key, kind, time, node, source, events, lost_from, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      keys: db.prepare('SELECT keys FROM segment').pluck(),
      eventKeys: db.prepare('SELECT key FROM event').pluck(),
      lastSeq: db
        .prepare('SELECT first_seq + flows - 1 FROM segment ORDER BY first_seq DESC LIMIT 1')
        .pluck(),
    },
  };
}
