import { Damaged } from './damage.js';

/**
 * Columns of whole numbers, written plane by plane: the lowest byte of every row, then the next. Most
 * upper planes are all zero, and equal bytes stand together, which is what a compressor wants.
 */
export class ColumnWriter {
  readonly #parts: Uint8Array[] = [];

  /** As many planes as the widest value needs; one byte before them says how many. */
  write(values: Uint32Array): void {
    const planes = planesOf(values);
    const bytes = new Uint8Array(1 + planes * values.length);
    bytes[0] = planes;
    let at = 1;
    for (let shift = 0; shift < planes * 8; shift += 8) {
      for (let row = 0; row < values.length; row++) bytes[at++] = (values[row] ?? 0) >>> shift;
    }
    this.#parts.push(bytes);
  }

  take(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function planesOf(values: Uint32Array): number {
  let widest = 0;
  // Not by an iterator: it makes an object of each value, where V8 has not compiled it yet.
  for (let row = 0; row < values.length; row++) widest |= values[row] ?? 0;
  return widest === 0 ? 0 : Math.ceil((32 - Math.clz32(widest)) / 8);
}

/** Numbers of rows, to look at some of them. */
export interface RowNumbers {
  at(row: number): number;
}

/** A column that was unpacked, or never packed. */
export class UnpackedColumn implements RowNumbers {
  constructor(private readonly numbers: Uint32Array) {}

  at(row: number): number {
    return this.numbers[row] ?? 0;
  }
}

/** A column as it was written: each row is put together from its planes when it is looked at. */
class PlanesOfColumn implements RowNumbers {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly first: number,
    private readonly rows: number,
    private readonly planes: number,
  ) {}

  at(row: number): number {
    if (row >= this.rows || this.planes === 0) return 0;
    let at = this.first + row;
    let number = this.bytes[at] ?? 0;
    for (let shift = 8; shift < this.planes * 8; shift += 8)
      number |= (this.bytes[(at += this.rows)] ?? 0) << shift;
    return number >>> 0;
  }
}

/** Reads columns in the order in which they were written. */
export class ColumnReader {
  #at: number;

  constructor(
    private readonly bytes: Uint8Array,
    from = 0,
  ) {
    this.#at = from;
  }

  /** Where the next column begins. */
  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  /** Whether all numbers of the next column are 0. */
  get isZero(): boolean {
    return this.bytes[this.#at] === 0;
  }

  /** Steps over a column; where it began. */
  skip(rows: number): number {
    const from = this.#at;
    this.#at = this.#endOf(rows);
    return from;
  }

  read(rows: number): Uint32Array {
    const values = new Uint32Array(rows);
    const { bytes } = this;
    const end = this.#endOf(rows);
    const first = this.#at + 1;
    // Several times as quick as a loop; most columns have no other plane.
    if (first < end) values.set(bytes.subarray(first, first + rows));
    for (let from = first + rows, shift = 8; from < end; from += rows, shift += 8) {
      for (let row = 0; row < rows; row++)
        values[row] = (values[row] ?? 0) | ((bytes[from + row] ?? 0) << shift);
    }
    this.#at = end;
    return values;
  }

  /** The next column, of which single rows are read. */
  rowsOf(rows: number): RowNumbers {
    const first = this.skip(rows) + 1;
    return new PlanesOfColumn(this.bytes, first, rows, this.bytes[first - 1] ?? 0);
  }

  #endOf(rows: number): number {
    const planes = this.bytes[this.#at] ?? 0;
    const end = this.#at + 1 + planes * rows;
    if (planes > 4 || end > this.bytes.length) throw new Damaged('a block of columns has the wrong size');
    return end;
  }
}
