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
    paired: column(),
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
