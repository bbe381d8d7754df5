import type Database from 'better-sqlite3';
import { fromTemplate } from '../../domain/flow/record-template.js';
import { decompress } from './columns.js';
import type { Segment } from './segment-reader.js';

/** Inflated chunks kept: about 1 MiB each. */
const CHUNKS_CACHED = 16;

/** Reads records out of their deflated chunks; inflating happens in the thread pool. */
export class RecordReader {
  readonly #chunks = new Map<string, Promise<string[]>>();
  readonly #find;

  constructor(db: Database.Database) {
    this.#find = db.prepare<[number, number], { first_row: number; records: Buffer }>(
      'SELECT first_row, records FROM record_chunk WHERE segment_id = ? AND first_row <= ? ORDER BY first_row DESC LIMIT 1',
    );
  }

  /** Undefined when retention took the record away meanwhile. */
  async read(segment: Segment, row: number): Promise<string | undefined> {
    const { id } = segment.info;
    const chunk = this.#find.get(id, row);
    if (chunk === undefined) return undefined;
    const lines = await this.#lines(`${id}/${chunk.first_row}`, chunk.records);
    const line = lines[row - chunk.first_row];
    return line === undefined ? undefined : fromTemplate(line, segment.cursor(row));
  }

  #lines(key: string, records: Buffer): Promise<string[]> {
    let lines = this.#chunks.get(key);
    lines ??= decompress(records).then((bytes) => bytes.toString('utf8').split('\n'));
    this.#chunks.delete(key);
    this.#chunks.set(key, lines);
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= CHUNKS_CACHED) break;
      this.#chunks.delete(oldest);
    }
    return lines;
  }
}
