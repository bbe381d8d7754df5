import type { ColumnReader } from './columns.js';
import { ColumnWriter } from './columns.js';
import { company, Prediction } from './prediction.js';
import { readTimes, writeTimes } from './times.js';

/** A row for each flow of a segment, in order of arrival. Parts are numbers of the dictionary. */
export interface SegmentColumns {
  /** Nanoseconds since 1970. */
  time: BigInt64Array;
  template: Uint32Array;
  source: Uint32Array;
  destination: Uint32Array;
  node: Uint32Array;
  policies: Uint32Array;
  sourcePort: Uint32Array;
  destinationPort: Uint32Array;
  /** Flows that the record stands for. */
  weight: Uint32Array;
  flags: Uint32Array;
  /** Row after row the repeated texts of its record: as many as its template has slots for. */
  known: Uint32Array;
  /** Where a row's begin in `known`. */
  firstKnown: Uint32Array;
}

/** Bits of the flags column. */
export const Flag = {
  /** The key is the flow's uuid itself, not a hash. */
  keyIsUuid: 1,
  placedAtArrival: 2,
  /** It has a uuid that is not in the canonical form. */
  oddUuid: 4,
  /** Its record is kept whole, with its L7 message. */
  l7InRecord: 8,
} as const;

export function emptySegmentColumns(rows: number): SegmentColumns {
  const column = () => new Uint32Array(rows);
  return {
    time: new BigInt64Array(rows),
    template: column(),
    source: column(),
    destination: column(),
    node: column(),
    policies: column(),
    sourcePort: column(),
    destinationPort: column(),
    weight: column(),
    flags: column(),
    known: new Uint32Array(rows * 4),
    firstKnown: new Uint32Array(rows + 1),
  };
}

const plain = ['template', 'source', 'destination', 'sourcePort', 'flags'] as const;
/** Most often the same as the last time that the same template told of the same ends. */
const foretold = ['destinationPort', 'node', 'policies'] as const;

/** The columns of the first `rows` rows as bytes, for a compressor. */
export function writeSegmentColumns(columns: SegmentColumns, rows: number): Buffer {
  const writer = new ColumnWriter();
  writeTimes(columns.time.subarray(0, rows), writer);
  for (const name of plain) writer.write(columns[name].subarray(0, rows));
  writer.write(columns.weight.subarray(0, rows).map((weight) => weight - 1));
  const company = companies(columns, rows);
  for (const name of foretold) {
    const prediction = new Prediction();
    const column = columns[name].subarray(0, rows);
    writer.write(column.map((value, row) => prediction.write(company[row] ?? 0, value)));
  }
  const known = foretoldTexts(columns, rows, company);
  writer.write(Uint32Array.of(known.length));
  writer.write(known);
  return writer.take();
}

/** `knownTexts` tells how many repeated texts the records of a template have. */
export function readSegmentColumns(
  reader: ColumnReader,
  rows: number,
  knownTexts: (template: number) => number,
): SegmentColumns {
  const columns = emptySegmentColumns(0);
  columns.time = readTimes(rows, reader);
  for (const name of plain) columns[name] = reader.read(rows);
  columns.weight = reader.read(rows).map((weight) => weight + 1);
  const company = companies(columns, rows);
  for (const name of foretold) {
    const prediction = new Prediction();
    columns[name] = reader.read(rows).map((written, row) => prediction.read(company[row] ?? 0, written));
  }
  columns.known = reader.read(reader.read(1)[0] ?? 0);
  columns.firstKnown = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    columns.firstKnown[row + 1] = (columns.firstKnown[row] ?? 0) + knownTexts(columns.template[row] ?? 0);
  }
  if (columns.firstKnown[rows] !== columns.known.length) {
    throw new Error('a block of columns has the wrong size');
  }
  readForetoldTexts(columns, rows, company);
  return columns;
}

/** What goes with a row's other numbers: its template and both ends. */
function companies({ template, source, destination }: SegmentColumns, rows: number): Int32Array {
  const companies = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    companies[row] = company(source[row] ?? 0, destination[row] ?? 0, template[row] ?? 0);
  }
  return companies;
}

function foretoldTexts(columns: SegmentColumns, rows: number, company: Int32Array): Uint32Array {
  const prediction = new Prediction();
  const { known, firstKnown } = columns;
  const written = new Uint32Array(firstKnown[rows] ?? 0);
  for (let row = 0; row < rows; row++) {
    const first = firstKnown[row] ?? 0;
    for (let at = first; at < (firstKnown[row + 1] ?? 0); at++) {
      written[at] = prediction.write((company[row] ?? 0) + at - first, known[at] ?? 0);
    }
  }
  return written;
}

function readForetoldTexts({ known, firstKnown }: SegmentColumns, rows: number, company: Int32Array): void {
  const prediction = new Prediction();
  for (let row = 0; row < rows; row++) {
    const first = firstKnown[row] ?? 0;
    for (let at = first; at < (firstKnown[row + 1] ?? 0); at++) {
      known[at] = prediction.read((company[row] ?? 0) + at - first, known[at] ?? 0);
    }
  }
}
