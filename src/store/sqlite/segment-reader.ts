import type Database from 'better-sqlite3';
import { inflateRawSync } from 'node:zlib';
import { formatUuid, KEY_BYTES } from '../../domain/flow/flow-key.js';
import type { Endpoint, Flow, L7, Traits } from '../../domain/flow/flow.js';
import type { Tally } from '../../domain/service-map/tally.js';
import { unpackColumns } from './columns.js';
import { Flag, flowLayout, tallyLayout, type FlowColumns } from './segment-layout.js';
import { PartsReader, type SegmentParts } from './segment-parts.js';
import { readTallies } from './tally-table.js';

/** What is known of a segment before any of its blobs is read. */
export interface SegmentInfo {
  id: number;
  firstSeq: number;
  flows: number;
  timeMin: bigint;
  timeMax: bigint;
}

/** Columns of recently read segments: 240 kB each, and dashboards ask for the same ones again. */
const SEGMENTS_CACHED = 64;

/** Reads segments by their columns; records are read apart (see RecordReader). */
export class SegmentReader {
  readonly #parts = new PartsReader();
  readonly #cache = new Map<number, Segment>();
  readonly #statements;

  constructor(db: Database.Database) {
    this.#statements = {
      infos: db
        .prepare<[], [bigint, bigint, bigint, bigint, bigint]>(
          'SELECT id, first_seq, flows, time_min, time_max FROM segment ORDER BY first_seq',
        )
        .raw()
        .safeIntegers(),
      tallies: db.prepare<[number], { parts: Buffer; tallies: Buffer }>(
        'SELECT parts, tallies FROM segment WHERE id = ?',
      ),
      columns: db.prepare<[number], { parts: Buffer; columns: Buffer; keys: Buffer }>(
        'SELECT parts, columns, keys FROM segment WHERE id = ?',
      ),
    };
  }

  infos(): SegmentInfo[] {
    return this.#statements.infos.all().map(([id, firstSeq, flows, timeMin, timeMax]) => ({
      id: Number(id),
      firstSeq: Number(firstSeq),
      flows: Number(flows),
      timeMin,
      timeMax,
    }));
  }

  tallies(info: SegmentInfo): Tally[] {
    const blobs = this.#statements.tallies.get(info.id);
    if (blobs === undefined) return [];
    const parts = this.#parts.read(inflateRawSync(blobs.parts));
    const { rows, columns } = unpackColumns(tallyLayout, blobs.tallies);
    return readTallies(columns, rows, parts, info.firstSeq);
  }

  /** Undefined when retention took the segment away meanwhile. */
  read(info: SegmentInfo): Segment | undefined {
    let segment = this.#cache.get(info.id);
    if (segment === undefined) {
      const blobs = this.#statements.columns.get(info.id);
      if (blobs === undefined) return undefined;
      const parts = this.#parts.read(inflateRawSync(blobs.parts));
      segment = new Segment(info, parts, unpackColumns(flowLayout, blobs.columns).columns, blobs.keys);
    }
    this.#cache.delete(info.id);
    this.#cache.set(info.id, segment);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= SEGMENTS_CACHED) break;
      this.#cache.delete(oldest);
    }
    return segment;
  }
}

/** The columns of one segment. */
export class Segment {
  constructor(
    readonly info: SegmentInfo,
    readonly parts: SegmentParts,
    readonly columns: FlowColumns,
    readonly keys: Uint8Array,
  ) {}

  placedAtArrival(row: number): boolean {
    return ((this.columns.flags[row] ?? 0) & Flag.placedAtArrival) !== 0;
  }

  /** A view that walks over the rows: valid until it is moved on. */
  cursor(row = 0): SegmentRow {
    return new SegmentRow(this, row);
  }
}

/** One row read as a flow, without its record: what filters and tallies look at. */
export class SegmentRow implements Flow {
  constructor(
    private readonly segment: Segment,
    public row: number,
  ) {}

  get time(): bigint {
    return this.segment.columns.time[this.row] ?? 0n;
  }

  get uuid(): string {
    if (((this.segment.columns.flags[this.row] ?? 0) & Flag.keyIsUuid) === 0) {
      return this.segment.parts.uuid(this.row) ?? '';
    }
    return formatUuid(this.segment.keys, this.row * KEY_BYTES);
  }

  get source(): Endpoint {
    return this.segment.parts.endpoint(this.segment.columns.source[this.row] ?? 0);
  }

  get destination(): Endpoint {
    return this.segment.parts.endpoint(this.segment.columns.destination[this.row] ?? 0);
  }

  get traits(): Traits {
    return this.segment.parts.trait(this.segment.columns.traits[this.row] ?? 0);
  }

  get l7(): L7 | undefined {
    const l7 = this.segment.columns.l7[this.row] ?? 0;
    return l7 === 0 ? undefined : this.segment.parts.message(l7 - 1);
  }

  get nodeLabels(): readonly string[] {
    const labels = this.segment.columns.nodeLabels[this.row] ?? 0;
    return labels === 0 ? [] : this.segment.parts.nodeLabels(labels - 1);
  }

  get sourcePort(): number {
    return this.segment.columns.sourcePort[this.row] ?? 0;
  }

  get destinationPort(): number {
    return this.segment.columns.destinationPort[this.row] ?? 0;
  }

  get weight(): number {
    return this.segment.columns.weight[this.row] ?? 1;
  }
}
