import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ColumnReader, ColumnWriter } from './columns.js';
import { compress, decompress, Effort } from './compression.js';
import { readTimes, writeTimes } from './times.js';

const column = fc.uint32Array({ maxLength: 300 });

function written(columns: readonly Uint32Array[]): ColumnReader {
  const writer = new ColumnWriter();
  for (const values of columns) writer.write(values);
  return new ColumnReader(writer.take());
}

describe('columns', () => {
  it('come back as they were, in the order in which they were written', () => {
    fc.assert(
      fc.property(fc.array(column, { maxLength: 5 }), (columns) => {
        const reader = written(columns);
        expect(columns.map(({ length }) => reader.read(length))).toEqual(columns);
      }),
    );
  });

  it('tell single rows without being unpacked, and 0 of those that they do not have', () => {
    fc.assert(
      fc.property(fc.array(column, { maxLength: 5 }), (columns) => {
        const reader = written(columns);
        const told = columns.map(({ length }) => reader.rowsOf(length));
        for (const [i, values] of columns.entries()) {
          expect(Uint32Array.from(values, (_, row) => told[i]!.at(row))).toEqual(values);
          expect(told[i]!.at(values.length)).toBe(0);
        }
      }),
    );
  });

  it('of small numbers take a byte a row, and of zeros none', () => {
    const writer = new ColumnWriter();
    writer.write(new Uint32Array(100));
    writer.write(new Uint32Array(100).fill(255));
    expect(writer.take()).toHaveLength(1 + 0 + 1 + 100);
  });

  it('that are cut off are refused instead of read wrongly', () => {
    const writer = new ColumnWriter();
    writer.write(Uint32Array.of(1, 2, 70_000));
    const bytes = writer.take();
    expect(() => new ColumnReader(bytes.subarray(0, -1)).read(3)).toThrow('wrong size');
    expect(() => new ColumnReader(bytes).read(4)).toThrow('wrong size');
  });
});

describe('times', () => {
  const anyTime = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
  const near = fc.bigInt({ min: 1_780_000_000_000_000_000n, max: 1_780_000_001_000_000_000n });

  it('come back as they were, near to each other or as far apart as can be', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyTime, near), { maxLength: 200 }), (list) => {
        const times = BigInt64Array.from(list);
        const writer = new ColumnWriter();
        writeTimes(times, writer);
        expect(readTimes(times.length, new ColumnReader(writer.take()))).toEqual(times);
      }),
    );
  });
});

describe('compression', () => {
  it('gives any bytes back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(new Uint8Array(decompress(compress(bytes, Effort.lines)))).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });
});
