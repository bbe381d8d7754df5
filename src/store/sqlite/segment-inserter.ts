import type Database from 'better-sqlite3';
import { checksumOf } from './compression.js';
import type { PackedSegment } from './packed-segment.js';

/** How blobs are laid out today. */
const LAYOUT = 2;

/** Puts a segment with all that belongs to it into its tables, in whatever transaction is open. */
export class SegmentInserter {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  insert(segment: PackedSegment): void {
    const { generation, firstSeq, flows, timeMin, timeMax, columns, keys } = segment;
    const statements = this.#statements;
    const { lastInsertRowid: id } = statements.segment.run(
      generation,
      firstSeq,
      flows,
      timeMin,
      timeMax,
      columns,
      keys,
      checksumOf(columns),
      checksumOf(keys),
    );
    for (const { kind, firstId, entries, lines } of segment.dictionary) {
      statements.dictionary.run(generation, kind, firstId, entries, lines, checksumOf(lines));
    }
    for (const { firstText, texts } of segment.chunks) {
      statements.chunk.run(id, firstText, texts, checksumOf(texts));
    }
    for (const { row, key } of segment.timeless) {
      statements.timeless.run(key, firstSeq + row);
    }
    const isPlain = segment.slices.length === 1 && segment.slices[0]?.runs.length === 1;
    for (const { firstRow, runs } of isPlain ? [] : segment.slices) {
      for (const { first, last } of runs) statements.slice.run(id, firstRow, first, last);
    }
    for (const node of segment.nodes) {
      statements.node.run(id, node.node, node.flows, node.timeMin, node.timeMax);
    }
  }
}

function prepare(db: Database.Database) {
  return {
    /** An id is never used twice: readers remember them. */
    segment: db.prepare(
      `INSERT INTO segment (id, generation, first_seq, flows, time_min, time_max, columns, keys, checksum, keys_checksum, layout)
       VALUES (max((SELECT coalesce(max(id), 0) FROM segment), (SELECT last_segment FROM retention)) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${LAYOUT})`,
    ),
    dictionary: db.prepare(
      'INSERT INTO dictionary (generation, kind, first_id, entries, lines, checksum) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    chunk: db.prepare('INSERT INTO text_chunk (segment_id, first_text, texts, checksum) VALUES (?, ?, ?, ?)'),
    node: db.prepare(
      'INSERT INTO segment_node (segment_id, node, flows, time_min, time_max) VALUES (?, ?, ?, ?, ?)',
    ),
    timeless: db.prepare('INSERT INTO timeless (key, seq) VALUES (?, ?)'),
    slice: db.prepare(
      'INSERT INTO segment_slice (segment_id, first_row, first_second, last_second) VALUES (?, ?, ?, ?)',
    ),
  };
}
