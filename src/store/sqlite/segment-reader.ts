import type Database from 'better-sqlite3';
import type { FlowKey } from '../../domain/flow/flow-key.js';
import { readSegmentColumns } from './column-layout.js';
import { decompress, refuseChanged } from './compression.js';
import { Damaged, Gone, typed } from './damage.js';
import { DictionaryReader } from './dictionary-reader.js';
import { readFirstLayout } from './first-layout.js';
import { Heads } from './heads.js';
import { KeyPlanes, readKeys, type KeysRow } from './keys.js';
import { Messages, type ToldMessages } from './messages.js';
import { KeyHints } from './named-keys.js';
import { Recent } from '../../domain/recent.js';
import { Segment, type SegmentInfo } from './segment.js';
import { TextReader } from './text-reader.js';

/** Recently read segments: half a megabyte each, and dashboards ask for the same ones again. */
const SEGMENTS_CACHED = 48;
/** Of these last ones, which are asked for most, no reading of everything takes the place. */
const NEWEST_CACHED = 16;

/** Columns of others, as they were written, but decompressed: some 15 bytes a flow. */
const COLUMNS_CACHED = 128 << 20;

/** L7 messages, some 80 bytes each: of seven million flows, where one of six has one. */
const MESSAGES_CACHED = 96 << 20;

/** Which uuids segments may hold: of some thirty million flows. */
const HINTS_CACHED = 64 << 20;

/** More than any segment has: a number beyond it is damage, and must not become an allocation. */
const MOST_FLOWS = 1 << 24;

interface Blob {
  layout: number;
  bytes: Buffer;
  checksum: number | null;
}

type Columns = Pick<Blob, 'layout'> & { bytes: Uint8Array };

type InfoRow = [bigint, bigint, bigint, bigint, bigint, bigint];

/** Reads segments by their columns; texts are only unpacked when a record or an L7 message is asked for. */
export class SegmentReader {
  readonly #dictionary: DictionaryReader;
  readonly #texts: TextReader;
  readonly #heads = new Heads();
  readonly #messages = new Recent<number, Messages>(MESSAGES_CACHED);
  readonly #cache = new Recent<number, Segment>(SEGMENTS_CACHED);
  readonly #newest = new Recent<number, Segment>(NEWEST_CACHED);
  /** Number of the last flow that was seen. */
  #last = 0;
  readonly #columns = new Recent<number, Columns>(COLUMNS_CACHED);
  readonly #hints = new Recent<number, KeyHints>(HINTS_CACHED);
  /** Damaged ones, so that their bytes are not read for each flow again. */
  readonly #broken = new Map<number, Damaged>();
  readonly #statements;

  /** `generations`: of the dictionary, that stay in memory. */
  constructor(db: Database.Database, generations?: number) {
    this.#dictionary = new DictionaryReader(db, generations);
    this.#texts = new TextReader(db);
    this.#statements = {
      infos: db
        .prepare<[number], InfoRow>(
          `SELECT id, generation, first_seq, flows, time_min, time_max FROM segment WHERE first_seq >= ?
           ORDER BY first_seq`,
        )
        .raw()
        .safeIntegers(),
      columns: db.prepare<[number, number, number], Blob>(
        'SELECT layout, columns AS bytes, checksum FROM segment WHERE id = ? AND first_seq = ? AND flows = ?',
      ),
      keys: db.prepare<[number, number, number], KeysRow>(
        'SELECT flows, layout, keys, keys_checksum AS checksum FROM segment WHERE id = ? AND first_seq = ? AND flows = ?',
      ),
    };
  }

  /** Of flows from this number on. */
  infos(from = 0): SegmentInfo[] {
    return this.#statements.infos.all(from).map(infoOf);
  }

  /** Undefined when the segment is not there any more. */
  read(info: SegmentInfo): Segment | undefined {
    // An id is never given again: also what was merged elsewhere or removed meanwhile still tells the same.
    const known = this.#newest.get(info.id) ?? this.#cache.get(info.id);
    if (known !== undefined) return known;
    const segment = this.#loadOnce(info);
    return segment && (this.#isNew(info) ? this.#newest : this.#cache).put(info.id, segment);
  }

  #isNew({ firstSeq, flows }: SegmentInfo): boolean {
    this.#last = Math.max(this.#last, firstSeq + flows - 1);
    return firstSeq > this.#last - NEWEST_CACHED * flows;
  }

  /** What was read of it before is read anew. */
  forget(id: number): void {
    this.#cache.delete(id);
    this.#newest.delete(id);
    this.#columns.delete(id);
    this.#messages.delete(id);
    this.#broken.delete(id);
    this.#texts.forget(id);
  }

  #loadOnce(info: SegmentInfo): Segment | undefined {
    const broken = this.#broken.get(info.id);
    if (broken !== undefined) throw broken;
    try {
      return this.#load(info);
    } catch (error) {
      if (error instanceof Damaged) this.#broken.set(info.id, error);
      throw error;
    }
  }

  #load(info: SegmentInfo): Segment | undefined {
    const written = this.#columns.get(info.id) ?? this.#unpack(info);
    if (written === undefined) return undefined;
    const parts = this.#dictionary.generation(info.generation);
    const columns =
      written.layout === 1
        ? readFirstLayout(written.bytes, info.flows, (template) => parts.template(template).knownTexts)
        : readSegmentColumns(written.bytes, info.flows, parts);
    let chunks: number[] | undefined;
    const text = (number: number) =>
      this.#texts.read(info.id, (chunks ??= this.#texts.chunksOf(info.id)), number);
    const keys = () => readKeys(this.#keysOf(info));
    const messages = (told: ToldMessages) => this.#readMessages(info, told);
    return new Segment(info, parts, columns, keys, text, messages, this.#messages.get(info.id));
  }

  #readMessages({ id, flows }: SegmentInfo, told: ToldMessages): Messages {
    const messages = new Messages(flows, told, this.#heads);
    return this.#messages.put(id, messages, messages.bytes);
  }

  #unpack(info: SegmentInfo): Columns | undefined {
    const found = this.#statements.columns.get(info.id, info.firstSeq, info.flows);
    if (found === undefined) return undefined;
    const { layout, bytes, checksum } = typed(found, { layout: 'count', bytes: 'blob', checksum: 'count?' });
    refuseChanged(checksum, bytes);
    // A copy has no more room than it needs.
    const unpacked = { layout, bytes: Uint8Array.from(decompress(bytes)) };
    return this.#columns.put(info.id, unpacked, unpacked.bytes.length);
  }

  /** False where the segment holds none of these. */
  mayHold(info: SegmentInfo, keys: readonly FlowKey[]): boolean {
    const hints = this.#hints.get(info.id) ?? this.#hintsOf(info);
    return hints === undefined || keys.some((key) => hints.mayHold(key));
  }

  /** Undefined where its keys cannot be read: whoever reads the segment is told why. */
  #hintsOf(info: SegmentInfo): KeyHints | undefined {
    try {
      const hints = new KeyHints(new KeyPlanes(this.#keysOf(info)));
      return this.#hints.put(info.id, hints, hints.bytes);
    } catch (error) {
      if (error instanceof Damaged || error instanceof Gone) return undefined;
      throw error;
    }
  }

  #keysOf(info: SegmentInfo): KeysRow {
    const found = this.#statements.keys.get(info.id, info.firstSeq, info.flows);
    if (found === undefined) throw new Gone('a block has lost its keys');
    return found;
  }
}

function infoOf(row: InfoRow): SegmentInfo {
  const [id, generation, firstSeq, flows, timeMin, timeMax] = row;
  if (row.some((value) => typeof value !== 'bigint') || flows < 1n || flows > MOST_FLOWS)
    throw new Damaged('the list of blocks is not what was written');
  return {
    id: Number(id),
    generation: Number(generation),
    firstSeq: Number(firstSeq),
    flows: Number(flows),
    timeMin,
    timeMax,
  };
}
