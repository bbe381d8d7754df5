import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Template } from '../../domain/flow/template.js';
import { readSegmentColumns, writeSegmentColumns, type Vocabulary } from './column-layout.js';
import { Guesses } from './guesses.js';
import { Habits } from './habits.js';
import { emptySegmentColumns, joinSegmentColumns, type SegmentColumns } from './segment-columns.js';

const ROWS = 50;
const vocabulary: Vocabulary = {
  template: () => new Template('{}', {} as Template['traits']),
  habits: () => new Habits(),
  guesses: new Guesses(),
};

interface Sparse {
  paired: number[];
  l7: { kind: number[]; bucket: number[] } | undefined;
}

const none = new Array<number>(ROWS).fill(0);
/** As blocks are today, of schema 14, and of schema 13, which end earlier. */
const SCHEMA_13 = -3;
const SCHEMA_14 = -2;

function written({ paired, l7 }: Sparse): Buffer {
  const columns = emptySegmentColumns(ROWS);
  columns.weight.fill(1);
  columns.paired.set(paired);
  columns.l7 = l7 && { kind: Uint32Array.from(l7.kind), bucket: Uint32Array.from(l7.bucket) };
  return writeSegmentColumns(columns, ROWS, vocabulary);
}

const read = (bytes: Uint8Array) => readSegmentColumns(bytes, ROWS, vocabulary);

function sparse({ paired, l7 }: SegmentColumns): Sparse {
  return { paired: [...paired], l7: l7 && { kind: [...l7.kind], bucket: [...l7.bucket] } };
}

const column = fc.array(fc.oneof(fc.constant(0), fc.nat(600_000_000)), { minLength: ROWS, maxLength: ROWS });
const columns: fc.Arbitrary<Sparse> = fc.record({
  paired: column,
  l7: fc.option(fc.record({ kind: column, bucket: column }), { nil: undefined }),
});

describe('columns that most rows have nothing in', () => {
  it('come back as they were, also when blocks are joined', () => {
    fc.assert(
      fc.property(columns, columns, (a, b) => {
        const parts = [a, b].map((told) => read(written(told)));
        expect(sparse(parts[0]!)).toEqual(a);
        expect(sparse(joinSegmentColumns(parts))).toEqual({
          paired: [...a.paired, ...b.paired],
          l7: a.l7 &&
            b.l7 && {
              kind: [...a.l7.kind, ...b.l7.kind],
              bucket: [...a.l7.bucket, ...b.l7.bucket],
            },
        });
      }),
    );
  });

  it('take one byte each where there are none', () => {
    const empty = { paired: none, l7: { kind: none, bucket: none } };
    const one = { ...empty, paired: [...none.slice(1), 1] };
    expect(written(one).length - written(empty).length).toBe(1 + 2 + 2);
    expect([...written(empty).subarray(SCHEMA_13)]).toEqual([0, 0, 0]);
  });

  it('are empty, or have to be found out, in blocks that were written before there were any', () => {
    const bytes = written({ paired: none, l7: { kind: none, bucket: none } });
    for (const end of [SCHEMA_13, SCHEMA_14]) {
      const before = read(bytes.subarray(0, end));
      expect(sparse(before)).toEqual({ paired: none, l7: undefined });
      expect(before.known).toHaveLength(0);
    }
  });

  it('that are cut off are refused', () => {
    const full = new Array<number>(ROWS).fill(7);
    expect(() => read(written({ paired: full, l7: undefined }).subarray(0, -1))).toThrow('wrong size');
    const cut = read(written({ paired: none, l7: { kind: none, bucket: full } }).subarray(0, -1));
    expect(() => cut.l7?.bucket).toThrow('wrong size');
  });
});
