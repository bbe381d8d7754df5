import type { ColumnReader, ColumnWriter } from './columns.js';

const WORD = 2 ** 32;
/** Steps up to 52 days are told exactly by a JavaScript number; a longer one is written out. */
const LONGEST_STEP = 2 ** 52;
const WRITTEN_OUT = 0xffff_ffff;

/** Times as steps from one flow to the next, which are short: flows come almost in order. */
export function writeTimes(times: BigInt64Array, columns: ColumnWriter): void {
  const rows = times.length;
  const low = new Uint32Array(rows);
  const high = new Uint32Array(rows);
  const writtenOut: number[] = [];
  const words = new Int32Array(times.buffer, times.byteOffset, rows * 2);
  let beforeLow = 0;
  let beforeHigh = 0;
  for (let row = 0; row < rows; row++) {
    const timeLow = (words[row * 2] ?? 0) >>> 0;
    const timeHigh = words[row * 2 + 1] ?? 0;
    const step = (timeHigh - beforeHigh) * WORD + (timeLow - beforeLow);
    if (Math.abs(step) >= LONGEST_STEP) {
      high[row] = WRITTEN_OUT;
      writtenOut.push(timeLow, timeHigh);
    } else {
      // Forward steps become even numbers, backward ones odd: small either way.
      const folded = step >= 0 ? step * 2 : -step * 2 - 1;
      low[row] = folded % WORD;
      high[row] = folded / WORD;
    }
    beforeLow = timeLow;
    beforeHigh = timeHigh;
  }
  columns.write(low);
  columns.write(high);
  columns.write(Uint32Array.of(writtenOut.length));
  columns.write(Uint32Array.from(writtenOut));
}

export function skipTimes(rows: number, columns: ColumnReader): void {
  columns.skip(rows);
  columns.skip(rows);
  columns.skip(columns.read(1)[0] ?? 0);
}

export function readTimes(rows: number, columns: ColumnReader): BigInt64Array {
  const low = columns.read(rows);
  const high = columns.read(rows);
  const writtenOut = columns.read(columns.read(1)[0] ?? 0);
  const times = new BigInt64Array(rows);
  // Words, not bigints, which would be objects.
  const words = new Int32Array(times.buffer);
  let at = 0;
  let timeLow = 0;
  let timeHigh = 0;
  for (let row = 0; row < rows; row++) {
    const stepLow = low[row] ?? 0;
    const stepHigh = high[row] ?? 0;
    if (stepHigh === 0) {
      // Up to two seconds either way, as nearly all are: no division.
      const moved = timeLow + ((stepLow & 1) === 0 ? stepLow >>> 1 : -(stepLow >>> 1) - 1);
      const carry = moved >= WORD ? 1 : moved < 0 ? -1 : 0;
      timeLow = moved - carry * WORD;
      timeHigh += carry;
    } else if (stepHigh === WRITTEN_OUT) {
      timeLow = writtenOut[at] ?? 0;
      timeHigh = writtenOut[at + 1] ?? 0;
      at += 2;
    } else {
      const folded = stepHigh * WORD + stepLow;
      const step = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      const carried = timeLow + step;
      timeHigh += Math.floor(carried / WORD);
      timeLow = carried - Math.floor(carried / WORD) * WORD;
    }
    words[row * 2] = timeLow;
    words[row * 2 + 1] = timeHigh;
  }
  return times;
}
