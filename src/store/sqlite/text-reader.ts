import type Database from 'better-sqlite3';
import { decompress } from './compression.js';
import { splitLines } from './dictionary-reader.js';

/** Unpacked chunks kept: about 1 MiB each. */
const CHUNKS_CACHED = 16;

interface Chunk {
  firstText: number;
  lines: Buffer[];
}

/** Reads the texts that records have for themselves, out of their compressed chunks. */
export class TextReader {
  readonly #chunks = new Map<string, Chunk>();
  readonly #find;
  readonly #firsts;

  constructor(db: Database.Database) {
    this.#firsts = db
      .prepare<[number], number>('SELECT first_text FROM text_chunk WHERE segment_id = ? ORDER BY first_text')
      .pluck();
    this.#find = db
      .prepare<[number, number], Buffer>(
        'SELECT texts FROM text_chunk WHERE segment_id = ? AND first_text = ?',
      )
      .pluck();
  }

  /** Where the chunks of a segment begin: by number of text. */
  chunksOf(segment: number): number[] {
    return this.#firsts.all(segment);
  }

  /** Undefined when retention took the text away meanwhile. */
  read(segment: number, chunks: readonly number[], text: number): string | undefined {
    const firstText = chunks.findLast((first) => first <= text);
    if (firstText === undefined) return undefined;
    const chunk = this.#chunk(segment, firstText);
    return chunk?.lines[text - firstText]?.toString('utf8');
  }

  #chunk(segment: number, firstText: number): Chunk | undefined {
    const key = `${segment}/${firstText}`;
    let chunk = this.#chunks.get(key);
    if (chunk === undefined) {
      const texts = this.#find.get(segment, firstText);
      if (texts === undefined) return undefined;
      chunk = { firstText, lines: splitLines(decompress(texts)) };
    }
    this.#chunks.delete(key);
    this.#chunks.set(key, chunk);
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= CHUNKS_CACHED) break;
      this.#chunks.delete(oldest);
    }
    return chunk;
  }
}
