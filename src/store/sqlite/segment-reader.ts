import type Database from 'better-sqlite3';
import { L7Reader } from '../../domain/flow/l7-reader.js';
import { ColumnReader } from './columns.js';
import { decompress } from './compression.js';
import { DictionaryReader } from './dictionary-reader.js';
import { unpackKeys } from './keys.js';
import { readSegmentColumns } from './segment-columns.js';
import { Segment, type SegmentInfo } from './segment.js';
import { TextReader } from './text-reader.js';

/** Recently read segments: half a megabyte each, and dashboards ask for the same ones again. */
const SEGMENTS_CACHED = 64;

/** Reads segments by their columns; texts are only unpacked when a record or an L7 message is asked for. */
export class SegmentReader {
  readonly #dictionary: DictionaryReader;
  readonly #texts: TextReader;
  readonly #l7 = new L7Reader();
  readonly #cache = new Map<number, Segment>();
  readonly #statements;

  constructor(db: Database.Database) {
    this.#dictionary = new DictionaryReader(db);
    this.#texts = new TextReader(db);
    this.#statements = {
      infos: db
        .prepare<[], [bigint, bigint, bigint, bigint, bigint, bigint]>(
          'SELECT id, generation, first_seq, flows, time_min, time_max FROM segment ORDER BY first_seq',
        )
        .raw()
        .safeIntegers(),
      columns: db.prepare<[number], Buffer>('SELECT columns FROM segment WHERE id = ?').pluck(),
      keys: db.prepare<[number], Buffer>('SELECT keys FROM segment WHERE id = ?').pluck(),
      held: db.prepare<[number]>('SELECT 1 FROM segment WHERE id = ?').pluck(),
    };
  }

  infos(): SegmentInfo[] {
    return this.#statements.infos.all().map(([id, generation, firstSeq, flows, timeMin, timeMax]) => ({
      id: Number(id),
      generation: Number(generation),
      firstSeq: Number(firstSeq),
      flows: Number(flows),
      timeMin,
      timeMax,
    }));
  }

  /** That half of a segment is gone, as its texts or its dictionary, is no error when retention took it meanwhile. */
  ifHeld<T>(info: SegmentInfo, read: () => T, gone: T): T {
    try {
      return read();
    } catch (error) {
      if (this.#statements.held.get(info.id) !== undefined) throw error;
      return gone;
    }
  }

  /** Undefined when retention took the segment away meanwhile. */
  read(info: SegmentInfo): Segment | undefined {
    const segment = this.#cache.get(info.id) ?? this.#load(info);
    if (segment === undefined) return undefined;
    this.#cache.delete(info.id);
    this.#cache.set(info.id, segment);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= SEGMENTS_CACHED) break;
      this.#cache.delete(oldest);
    }
    return segment;
  }

  #load(info: SegmentInfo): Segment | undefined {
    const blob = this.#statements.columns.get(info.id);
    if (blob === undefined) return undefined;
    const parts = this.#dictionary.generation(info.generation);
    const columns = readSegmentColumns(
      new ColumnReader(decompress(blob)),
      info.flows,
      (template) => parts.template(template).knownTexts,
    );
    const chunks = this.#texts.chunksOf(info.id);
    const text = (number: number) => this.#texts.read(info.id, chunks, number);
    const keys = () => {
      const packed = this.#statements.keys.get(info.id);
      return packed && unpackKeys(packed);
    };
    return new Segment(info, parts, columns, keys, text, this.#l7);
  }
}
