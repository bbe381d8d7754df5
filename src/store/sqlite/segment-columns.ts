import type { ColumnReader } from './columns.js';
import { ColumnWriter } from './columns.js';
import { Damaged } from './damage.js';
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

const plain = ['template', 'source', 'destination', 'flags'] as const;
/** Most often the same as the last time in the same company. */
const foretold = ['node', 'policies'] as const;
/** A reply has them the other way round, so one foretells the other. */
const ports = ['sourcePort', 'destinationPort'] as const;

/** The columns of the first `rows` rows as bytes, for a compressor. */
export function writeSegmentColumns(columns: SegmentColumns, rows: number): Buffer {
  const writer = new ColumnWriter();
  writeTimes(columns.time.subarray(0, rows), writer);
  for (const name of plain) writer.write(columns[name].subarray(0, rows));
  writer.write(columns.weight.subarray(0, rows).map((weight) => weight - 1));
  for (const group of [ports, ...foretold.map((name) => [name])]) writeForetold(columns, rows, group, writer);
  const known = foretoldTexts(columns, rows);
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
  columns.weight = reader.read(rows);
  for (let row = 0; row < rows; row++) columns.weight[row] = (columns.weight[row] ?? 0) + 1;
  for (const group of [ports, ...foretold.map((name) => [name])]) readForetold(columns, rows, group, reader);
  columns.known = reader.read(reader.read(1)[0] ?? 0);
  columns.firstKnown = firstOfEach(columns.template, knownTexts);
  if (columns.firstKnown[rows] !== columns.known.length) {
    throw new Damaged('a block of columns has the wrong size');
  }
  readForetoldTexts(columns, rows);
  return columns;
}

/** The rows of segments of one generation, one behind the other. */
export function joinSegmentColumns(parts: readonly SegmentColumns[]): SegmentColumns {
  const joined = emptySegmentColumns(parts.reduce((sum, { time }) => sum + time.length, 0));
  joined.known = new Uint32Array(parts.reduce((sum, { known }) => sum + known.length, 0));
  let row = 0;
  let text = 0;
  for (const part of parts) {
    joined.time.set(part.time, row);
    for (const name of ['weight', ...plain, ...ports, ...foretold] as const)
      joined[name].set(part[name], row);
    joined.known.set(part.known, text);
    for (const [i, first] of part.firstKnown.entries()) joined.firstKnown[row + i] = text + first;
    row += part.time.length;
    text += part.known.length;
  }
  return joined;
}

/** Where the texts of each row begin, and one behind the last. */
export function firstOfEach(
  templates: Uint32Array,
  textsOf: (template: number) => number,
): Uint32Array<ArrayBuffer> {
  const firsts = new Uint32Array(templates.length + 1);
  const counts: number[] = [];
  let first = 0;
  for (let row = 0; row < templates.length; row++) {
    firsts[row] = first;
    const template = templates[row] ?? 0;
    first += counts[template] ??= textsOf(template);
  }
  firsts[templates.length] = first;
  return firsts;
}

/** A row's template with both ends, and with each of them alone: who sees a flow depends on one of them. */
function withEnds(
  prediction: Prediction,
  { template, source, destination }: SegmentColumns,
  row: number,
  slot = 0,
): Prediction {
  const told = (template[row] ?? 0) + (slot << 24);
  const from = source[row] ?? 0;
  const to = destination[row] ?? 0;
  return prediction.among(company(from, to, told), company(from, 0, told), company(0, to, told));
}

/** The last port that one end had towards the other, then in the same template, then by itself. */
function withPorts(prediction: Prediction, mine: number, other: number, template: number): Prediction {
  return prediction.among(company(mine, other), company(mine, template, 1), company(mine, 0, 2));
}

/** Names the company of a row's number in a column. */
type Among = (prediction: Prediction, columns: SegmentColumns, row: number) => Prediction;

const amongOf: Record<Foretold, Among> = {
  sourcePort: (prediction, { template, source, destination }, row) =>
    withPorts(prediction, source[row] ?? 0, destination[row] ?? 0, template[row] ?? 0),
  destinationPort: (prediction, { template, source, destination }, row) =>
    withPorts(prediction, destination[row] ?? 0, source[row] ?? 0, template[row] ?? 0),
  node: withEnds,
  policies: withEnds,
};

type Foretold = (typeof ports)[number] | (typeof foretold)[number];

/** Columns of one group share what they learn. */
function writeForetold(
  columns: SegmentColumns,
  rows: number,
  group: readonly Foretold[],
  writer: ColumnWriter,
): void {
  const prediction = new Prediction();
  const written = group.map((name) => ({
    held: columns[name],
    among: amongOf[name],
    told: new Uint32Array(rows),
  }));
  for (let row = 0; row < rows; row++) {
    for (const { held, among, told } of written) {
      told[row] = among(prediction, columns, row).write(held[row] ?? 0);
    }
  }
  for (const { told } of written) writer.write(told);
}

function readForetold(
  columns: SegmentColumns,
  rows: number,
  group: readonly Foretold[],
  reader: ColumnReader,
): void {
  const prediction = new Prediction();
  const read = group.map((name) => ({ held: (columns[name] = reader.read(rows)), among: amongOf[name] }));
  for (let row = 0; row < rows; row++) {
    for (const { held, among } of read) held[row] = among(prediction, columns, row).read(held[row] ?? 0);
  }
}

function foretoldTexts(columns: SegmentColumns, rows: number): Uint32Array {
  const prediction = new Prediction();
  const { known, firstKnown } = columns;
  const written = new Uint32Array(firstKnown[rows] ?? 0);
  for (let row = 0; row < rows; row++) {
    const first = firstKnown[row] ?? 0;
    const end = firstKnown[row + 1] ?? 0;
    for (let at = first; at < end; at++) {
      written[at] = withEnds(prediction, columns, row, at - first + 1).write(known[at] ?? 0);
    }
  }
  return written;
}

function readForetoldTexts(columns: SegmentColumns, rows: number): void {
  const prediction = new Prediction();
  const { known, firstKnown } = columns;
  for (let row = 0; row < rows; row++) {
    const first = firstKnown[row] ?? 0;
    const end = firstKnown[row + 1] ?? 0;
    for (let at = first; at < end; at++) {
      known[at] = withEnds(prediction, columns, row, at - first + 1).read(known[at] ?? 0);
    }
  }
}
