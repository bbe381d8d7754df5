import type { RowNumbers } from './columns.js';

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
  /** Latencies that Hubble did not tell, in `PAIRED_UNIT`s; 0 for none. */
  paired: Uint32Array;
  /** Undefined in blocks of schema 14 and older: their messages have to be read. */
  l7: L7Columns | undefined;
  /** Row after row the repeated texts of its record: as many as its template has slots for. */
  known: Uint32Array;
  /** Where a row's begin in `known`. */
  firstKnown: Uint32Array;
  /** A column as it was written; undefined where it is unpacked already, or told by others. */
  asWritten?(name: PartColumn): RowNumbers | undefined;
}

/** Columns of numbers that the dictionary has parts of flows under. */
export type PartColumn = 'template' | 'source' | 'destination' | 'node' | 'policies';

/** What sums ask of L7 messages, so that nobody has to read those for it. */
export interface L7Columns {
  /** Numbers of their kinds, plus one; 0 where there is none. */
  kind: Uint32Array;
  /** The bucket of an answer's latency; 0 where it was not measured. */
  bucket: Uint32Array;
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
    paired: column(),
    l7: { kind: column(), bucket: column() },
    known: new Uint32Array(rows * 4),
    firstKnown: new Uint32Array(rows + 1),
  };
}

const ofRows = [
  'template',
  'source',
  'destination',
  'node',
  'policies',
  'sourcePort',
  'destinationPort',
  'weight',
  'flags',
  'paired',
] as const;

/** The rows of segments of one generation, one behind the other. */
export function joinSegmentColumns(parts: readonly SegmentColumns[]): SegmentColumns {
  const joined = emptySegmentColumns(parts.reduce((sum, { time }) => sum + time.length, 0));
  joined.known = new Uint32Array(parts.reduce((sum, { known }) => sum + known.length, 0));
  let row = 0;
  let text = 0;
  for (const part of parts) {
    joined.time.set(part.time, row);
    for (const name of ofRows) joined[name].set(part[name], row);
    if (joined.l7 !== undefined) joined.l7 = joinL7(joined.l7, part.l7, row);
    joined.known.set(part.known, text);
    for (const [i, first] of part.firstKnown.entries()) joined.firstKnown[row + i] = text + first;
    row += part.time.length;
    text += part.known.length;
  }
  return joined;
}

/** Of old blocks joined with new ones, messages have to be read. */
function joinL7(joined: L7Columns, part: L7Columns | undefined, row: number): L7Columns | undefined {
  if (part === undefined) return undefined;
  joined.kind.set(part.kind, row);
  joined.bucket.set(part.bucket, row);
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
