import type Database from 'better-sqlite3';
import { canonicalText, hashText, KEY_BYTES, readUuid, type FlowKey } from '../../domain/flow/flow-key.js';
import { textOf } from '../../domain/flow/json.js';
import { bucketOf } from '../../domain/latencies.js';
import { L7Kinds } from '../../domain/service-map/coarse.js';
import { recogniseRecord } from '../../domain/flow/record.js';
import { Damaged, Gone, isDamage } from './damage.js';
import { hashOf, KeyBlock } from './key-block.js';
import { KnownKeys } from './known-keys.js';
import { Flag } from './segment-columns.js';
import type { SegmentReader } from './segment-reader.js';
import type { Segment, SegmentInfo } from './segment.js';
import { secondOf, Slices } from './time-runs.js';

interface NodeRow {
  node: string;
  flows: bigint;
  timeMin: bigint;
  timeMax: bigint;
}

/** Looks at everything that a segment says, and whether it agrees with itself. */
export class SegmentVerifier {
  /** Of the segments looked at so far. */
  readonly #known;
  readonly #key: FlowKey = new Uint32Array(4);
  readonly #l7Kinds = new L7Kinds();
  readonly #nodes;
  readonly #minutes;

  constructor(
    db: Database.Database,
    private readonly segments: SegmentReader,
  ) {
    this.#known = new KnownKeys(db);
    this.#nodes = db
      .prepare<[number], NodeRow>(
        'SELECT node, flows, time_min AS timeMin, time_max AS timeMax FROM segment_node WHERE segment_id = ?',
      )
      .safeIntegers();
    this.#minutes = db
      .prepare<[number, number], number>(
        'SELECT coalesce(sum(flows), 0) FROM node_minute WHERE first_seq BETWEEN ? AND ?',
      )
      .pluck();
  }

  /** What is wrong with it, in words; nothing when it is good. */
  check(info: SegmentInfo): string[] {
    try {
      const segment = this.segments.read(info);
      if (segment === undefined) return ['it cannot be found by its own numbers'];
      return [
        ...this.#checkTimes(segment),
        ...this.#checkKeys(segment),
        ...this.#checkNodes(segment),
        ...this.#checkRows(segment),
      ];
    } catch (error) {
      if (!isDamage(error) && !(error instanceof Gone)) throw error;
      return [error.message];
    }
  }

  *#checkTimes({ info, columns }: Segment): Generator<string> {
    const sorted = columns.time.toSorted();
    if (sorted[0] !== info.timeMin || sorted.at(-1) !== info.timeMax)
      yield 'its oldest or newest time is not that of its flows';
  }

  /**
   * By their keys, among those of about the same time, as whoever stores flows knows them. A uuid that came with
   * another time, or with none, may be held twice.
   */
  *#checkKeys({ info, columns, keys }: Segment): Generator<string> {
    const within = new Set<string>();
    const times = new Slices();
    const key: FlowKey = new Uint32Array(4);
    const bytes = new Uint8Array(key.buffer);
    let twice = 0;
    for (let row = 0; row < info.flows; row++) {
      bytes.set(keys.subarray(row * KEY_BYTES, (row + 1) * KEY_BYTES));
      const time = columns.time[row] ?? 0n;
      const second = secondOf(time);
      times.add(row, second);
      // Those without a time have a table of their own, which holds none twice.
      const isTimeless = ((columns.flags[row] ?? 0) & Flag.placedAtArrival) !== 0;
      const name = isTimeless ? key.join() : `${key.join()} ${time}`;
      const isKnown = !isTimeless && this.#known.has(key, hashOf(key), second);
      if (within.has(name) || (isKnown && this.#isBefore(info, bytes, time))) twice++;
      within.add(name);
    }
    this.#known.seal(info.firstSeq, KeyBlock.of(keys), times.slices);
    this.#known.committed(info.firstSeq, info.flows);
    if (twice > 0) yield `${twice} of its flows are held twice`;
  }

  /** Whether a segment before this one holds the flow, with the same time. */
  #isBefore(info: SegmentInfo, key: Uint8Array, time: bigint): boolean {
    return this.segments
      .infos()
      .filter(
        ({ firstSeq, timeMin, timeMax }) => firstSeq < info.firstSeq && timeMin <= time && time <= timeMax,
      )
      .some((before) => this.#holds(before, key, time));
  }

  #holds(info: SegmentInfo, key: Uint8Array, time: bigint): boolean {
    try {
      const segment = this.segments.read(info);
      if (segment === undefined) return false;
      const { columns, keys } = segment;
      return columns.time.some(
        (held, row) =>
          held === time && Buffer.compare(keys.subarray(row * KEY_BYTES, (row + 1) * KEY_BYTES), key) === 0,
      );
    } catch (error) {
      // It is told where it is looked at itself.
      if (isDamage(error) || error instanceof Gone) return false;
      throw error;
    }
  }

  *#checkRows(segment: Segment): Generator<string> {
    const wrong = new Map<string, number[]>();
    for (let row = 0; row < segment.info.flows; row++) {
      const reason = this.#wrongWith(segment, row);
      if (reason !== undefined)
        wrong.set(reason, [...(wrong.get(reason) ?? []), segment.info.firstSeq + row]);
    }
    for (const [reason, seqs] of wrong)
      yield `${seqs.length} of its flows (${seqs[0] ?? 0} to ${seqs.at(-1) ?? 0}): ${reason}`;
  }

  #wrongWith(segment: Segment, row: number): string | undefined {
    try {
      // Reading is the check: what cannot be read throws.
      const { source: _, destination: _1, policies: _2 } = segment.cursor(row);
      if (!this.#tellsItsMessage(segment, row))
        return 'what it says of the L7 message is not what that tells';
      return this.#wrongKey(segment, row, segment.record(row));
    } catch (error) {
      if (isDamage(error) || error instanceof Gone) return error.message;
      throw error;
    }
  }

  #tellsItsMessage(segment: Segment, row: number): boolean {
    const [told, kind] = [segment.l7(row), segment.l7Kind(row)];
    const isKind = (told && this.#l7Kinds.of(told)) === (kind && this.#l7Kinds.of(kind));
    return isKind && segment.bucket(row) === bucketOf(segment.latency(row));
  }

  /** The key is made of the record, as when it came. */
  #wrongKey(segment: Segment, row: number, text: string): string | undefined {
    const record = recogniseRecord(parse(text));
    if (record?.kind !== 'flow') return 'the record is no flow';
    const uuid = textOf(record.flow['uuid']);
    const key = this.#key;
    if (!readUuid(uuid, key)) hashText(uuid === '' ? canonicalText(text) : `uuid ${uuid}`, key);
    const held = segment.keys.subarray(row * KEY_BYTES, (row + 1) * KEY_BYTES);
    return Buffer.from(key.buffer).equals(held) ? undefined : 'the key is not that of the record';
  }

  *#checkNodes(segment: Segment): Generator<string> {
    const { info, columns } = segment;
    const flows = new Map<string, number>();
    for (let row = 0; row < info.flows; row++) {
      const { node } = segment.node(row);
      flows.set(node, (flows.get(node) ?? 0) + (columns.weight[row] ?? 1));
    }
    const rows = this.#nodes.all(info.id);
    const agree =
      rows.length === flows.size &&
      rows.every((row) => flows.get(row.node) === Number(row.flows)) &&
      rows.every(({ timeMin, timeMax }) => timeMin >= info.timeMin && timeMax <= info.timeMax);
    if (!agree) yield 'what it says of its nodes is not what they delivered';
    const delivered = columns.weight.subarray(0, info.flows).reduce((sum, weight) => sum + weight, 0);
    if (this.#minutes.get(info.firstSeq, info.firstSeq + info.flows - 1) !== delivered)
      yield 'what it says of the minutes of its nodes is not what they delivered';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Damaged('the record is no valid JSON');
  }
}
