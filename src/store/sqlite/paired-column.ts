import type { ColumnReader, ColumnWriter } from './columns.js';
import { Damaged } from './damage.js';

/** A column in which most rows are 0: how many are not, the steps from one of them to the next, and what they are. */
export function writePaired(paired: Uint32Array, writer: ColumnWriter): void {
  const rows: number[] = [];
  for (const [row, latency] of paired.entries()) if (latency > 0) rows.push(row);
  writer.write(Uint32Array.of(rows.length));
  if (rows.length === 0) return;
  writer.write(Uint32Array.from(rows, (row, i) => row - (rows[i - 1] ?? 0)));
  writer.write(Uint32Array.from(rows, (row) => paired[row] ?? 0));
}

/** Blocks of schema 13 and older end before it. */
export function readPaired(rows: number, reader: ColumnReader): Uint32Array {
  const count = reader.isAtEnd ? 0 : (reader.read(1)[0] ?? 0);
  if (count === 0) return zeros(rows);
  if (count > rows) throw new Damaged('a block of columns has the wrong size');
  const paired = new Uint32Array(rows);
  const [steps, latencies] = [reader.read(count), reader.read(count)];
  let row = 0;
  for (const [i, step] of steps.entries()) {
    row += step;
    if (row >= rows) throw new Damaged('a block of columns has the wrong size');
    paired[row] = latencies[i] ?? 0;
  }
  return paired;
}

let shared = new Uint32Array();

/** Where Hubble times everything, all those columns are one. */
function zeros(rows: number): Uint32Array {
  if (shared.length < rows) shared = new Uint32Array(rows);
  return shared.subarray(0, rows);
}
