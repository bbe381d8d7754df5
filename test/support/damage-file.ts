import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { connect } from '../../src/store/sqlite/connect.js';

type Place =
  'edge_minutes.columns' | 'segment.columns' | 'segment.keys' | 'text_chunk.texts' | 'dictionary.lines';

/** Flips bits in the middle of a blob, as a failing disk would; SQLite itself does not notice. */
export function flipBits(file: string, place: Place, where = '1 = 1'): void {
  const [table = '', column = ''] = place.split('.');
  const db = connect(file);
  const row = db
    .prepare<[], { number: number; blob: Buffer }>(
      `SELECT rowid AS number, ${column} AS blob FROM ${table} WHERE ${where} ORDER BY rowid LIMIT 1`,
    )
    .get();
  if (row === undefined) throw new Error(`no ${place} where ${where}`);
  const { number, blob } = row;
  blob[blob.length >> 1] = (blob[blob.length >> 1] ?? 0) ^ 0x10;
  db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(blob, number);
  db.close();
}

/** Writes chance over some stretches of a file, wherever they lie: the same for the same seed. */
export function overwrite(file: string, seed: number, { stretches = 6, length = 512 } = {}): void {
  const chance = (name: string) => createHash('sha256').update(`${seed} ${name}`).digest();
  const handle = openSync(file, 'r+');
  try {
    const { size } = fstatSync(handle);
    for (let i = 0; i < stretches; i++) {
      const at = Math.floor((chance(`place ${i}`).readUInt32BE(0) / 2 ** 32) * (size - length));
      const bytes = Buffer.alloc(length, chance(`bytes ${i}`));
      writeSync(handle, bytes, 0, length, at);
    }
  } finally {
    closeSync(handle);
  }
}
