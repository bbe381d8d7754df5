import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Template } from '../../domain/flow/template.js';
import { readSegmentColumns, writeSegmentColumns, type Vocabulary } from './column-layout.js';
import { Guesses } from './guesses.js';
import { Habits } from './habits.js';
import { emptySegmentColumns, joinSegmentColumns } from './segment-columns.js';

const ROWS = 50;
const vocabulary: Vocabulary = {
  template: () => new Template('{}', {} as Template['traits']),
  habits: () => new Habits(),
  guesses: new Guesses(),
};

function written(paired: readonly number[]) {
  const columns = emptySegmentColumns(ROWS);
  columns.weight.fill(1);
  columns.paired.set(paired);
  return writeSegmentColumns(columns, ROWS, vocabulary);
}

const latencies = fc.array(fc.oneof(fc.constant(0), fc.nat(600_000_000)), {
  minLength: ROWS,
  maxLength: ROWS,
});

describe('the column of paired latencies', () => {
  it('comes back as it was, also when blocks are joined', () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        const parts = [a, b].map((paired) => readSegmentColumns(written(paired), ROWS, vocabulary));
        expect([...parts[0]!.paired]).toEqual(a);
        expect([...joinSegmentColumns(parts).paired]).toEqual([...a, ...b]);
      }),
    );
  });

  it('takes one byte where there are none', () => {
    const none = new Array<number>(ROWS).fill(0);
    expect(written([...none.slice(1), 1]).length - written(none).length).toBe(1 + 2 + 2);
    expect(written(none).at(-1)).toBe(0);
  });

  it('is empty in blocks that were written before there was one', () => {
    const before = written(new Array<number>(ROWS).fill(0)).subarray(0, -1);
    const columns = readSegmentColumns(before, ROWS, vocabulary);
    expect([...columns.paired]).toEqual(new Array<number>(ROWS).fill(0));
    expect(columns.known).toHaveLength(0);
  });

  it('that is cut off is refused', () => {
    const cut = written(new Array<number>(ROWS).fill(7)).subarray(0, -1);
    expect(() => readSegmentColumns(cut, ROWS, vocabulary).paired).toThrow('wrong size');
  });
});
