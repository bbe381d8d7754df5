import type { ColumnReader, ColumnWriter } from './columns.js';
import { Damaged } from './damage.js';

/** A column in which most rows are 0: how many are not, the steps from one of them to the next, and what they are. */
export function writeSparse(values: Uint32Array, writer: ColumnWriter): void {
  const steps = new Uint32Array(values.length);
  const told = new Uint32Array(values.length);
  let count = 0;
  let before = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    if (value === 0) continue;
    steps[count] = row - before;
    told[count++] = value;
    before = row;
  }
  writer.write(Uint32Array.of(count));
  if (count === 0) return;
  writer.write(steps.subarray(0, count));
  writer.write(told.subarray(0, count));
}

export function readSparse(rows: number, reader: ColumnReader): Uint32Array {
  const count = reader.read(1)[0] ?? 0;
  if (count === 0) return zeros(rows);
  if (count > rows) throw new Damaged('a block of columns has the wrong size');
  const column = new Uint32Array(rows);
  const [steps, values] = [reader.read(count), reader.read(count)];
  let row = 0;
  // Not by an iterator, which makes a list of two for each.
  for (let i = 0; i < count; i++) {
    row += steps[i] ?? 0;
    if (row >= rows) throw new Damaged('a block of columns has the wrong size');
    column[row] = values[i] ?? 0;
  }
  return column;
}

export function skipSparse(reader: ColumnReader): void {
  const count = reader.read(1)[0] ?? 0;
  if (count === 0) return;
  reader.skip(count);
  reader.skip(count);
}

let shared = new Uint32Array();

/** All columns of nothing but 0 are one. */
function zeros(rows: number): Uint32Array {
  if (shared.length < rows) shared = new Uint32Array(rows);
  return shared.subarray(0, rows);
}
