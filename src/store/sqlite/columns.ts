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
  for (const value of values) widest |= value;
  return widest === 0 ? 0 : Math.ceil((32 - Math.clz32(widest)) / 8);
}

/** Reads columns in the order in which they were written. */
export class ColumnReader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  read(rows: number): Uint32Array {
    const values = new Uint32Array(rows);
    const planes = this.bytes[this.#at++] ?? 0;
    if (planes > 4 || this.#at + planes * rows > this.bytes.length) {
      throw new Damaged('a block of columns has the wrong size');
    }
    const { bytes } = this;
    for (let plane = 0; plane < planes; plane++) {
      const from = this.#at + plane * rows;
      const shift = plane * 8;
      for (let row = 0; row < rows; row++)
        values[row] = (values[row] ?? 0) | ((bytes[from + row] ?? 0) << shift);
    }
    this.#at += planes * rows;
    return values;
  }

  /** A copy of what was not read yet. */
  rest(): Uint8Array {
    return Uint8Array.from(this.bytes.subarray(this.#at));
  }
}
