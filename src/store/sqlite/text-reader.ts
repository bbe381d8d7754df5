import type Database from 'better-sqlite3';
import { Recent } from '../../domain/recent.js';
import { decompress, refuseChanged } from './compression.js';
import { Damaged, Gone, typed } from './damage.js';
import { Lines } from './lines.js';

/** Unpacked chunks kept: about 1 MiB each. Texts are read in order, and pages of a few segments again. */
const CHUNKS_CACHED = 8;

interface Packed {
  texts: Buffer;
  checksum: number | null;
}

interface Chunk {
  firstText: number;
  /** Or why they cannot be read. */
  lines: Lines | Damaged;
}

/** Reads the texts that records have for themselves, out of their compressed chunks. */
export class TextReader {
  readonly #chunks = new Recent<string, Chunk>(CHUNKS_CACHED);
  readonly #find;
  readonly #firsts;

  constructor(db: Database.Database) {
    this.#firsts = db
      .prepare<[number], number>('SELECT first_text FROM text_chunk WHERE segment_id = ? ORDER BY first_text')
      .pluck();
    this.#find = db.prepare<[number, number], Packed>(
      'SELECT texts, checksum FROM text_chunk WHERE segment_id = ? AND first_text = ?',
    );
  }

  /** Where the chunks of a segment begin: by number of text. */
  chunksOf(segment: number): number[] {
    return this.#firsts.all(segment);
  }

  /** Throws `Gone` when the text is not there any more. */
  read(segment: number, chunks: readonly number[], text: number): string {
    const firstText = chunks.findLast((first) => first <= text);
    if (firstText === undefined) throw new Gone(`text ${text} of a block is missing`);
    const { lines } = this.#chunk(segment, firstText);
    if (lines instanceof Damaged) throw lines;
    const found = lines.text(text - firstText);
    if (found === undefined) throw new Gone(`text ${text} of a block is missing`);
    return found;
  }

  /** What was read of a segment before. */
  forget(segment: number): void {
    for (const key of this.#chunks.keys()) if (key.startsWith(`${segment}/`)) this.#chunks.delete(key);
  }

  #chunk(segment: number, firstText: number): Chunk {
    const key = `${segment}/${firstText}`;
    const known = this.#chunks.get(key);
    if (known !== undefined) return known;
    const found = this.#find.get(segment, firstText);
    if (found === undefined) throw new Gone('a block has lost its texts');
    return this.#chunks.put(key, { firstText, lines: unpack(found) });
  }
}

function unpack(packed: Packed): Lines | Damaged {
  try {
    const { texts, checksum } = typed(packed, { texts: 'blob', checksum: 'count?' });
    refuseChanged(checksum, texts);
    return new Lines(decompress(texts));
  } catch (error) {
    if (error instanceof Damaged) return error;
    throw error;
  }
}
