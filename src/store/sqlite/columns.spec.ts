import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compress, decompress, emptyColumns, packColumns, unpackColumns } from './columns.js';

const layout = { time: 'i64', part: 'u32', port: 'u16', flags: 'u8' } as const;

const row = fc.record({
  time: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  part: fc.nat(0xffff_ffff),
  port: fc.nat(65_535),
  flags: fc.nat(255),
});

describe('columns', () => {
  it('come back from their compressed block as they were, with the number of rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.nat(9), async (rows, spare) => {
        const columns = emptyColumns(layout, rows.length + spare);
        for (const [i, { time, part, port, flags }] of rows.entries()) {
          columns.time[i] = time;
          columns.part[i] = part;
          columns.port[i] = port;
          columns.flags[i] = flags;
        }
        const read = unpackColumns(layout, await compress(packColumns(layout, columns, rows.length)));
        expect(read.rows).toBe(rows.length);
        expect([...read.columns.time]).toEqual(rows.map(({ time }) => time));
        expect([...read.columns.part]).toEqual(rows.map(({ part }) => part));
        expect([...read.columns.port]).toEqual(rows.map(({ port }) => port));
        expect([...read.columns.flags]).toEqual(rows.map(({ flags }) => flags));
      }),
      { numRuns: 50 },
    );
  });

  it('of another layout are refused instead of read wrongly', async () => {
    const block = await compress(new Uint8Array(16));
    expect(() => unpackColumns(layout, block)).toThrow('wrong size');
  });

  it('of any bytes come back from compression as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (bytes) => {
        expect(new Uint8Array(await decompress(await compress(bytes)))).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });
});
