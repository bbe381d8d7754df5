import { compress, Effort } from './compression.js';
import { packKeys } from './keys.js';
import type { PackedSegment } from './packed-segment.js';
import { CHUNK_BYTES } from './segment-builder.js';
import { writeSegmentColumns } from './column-layout.js';
import { joinSegmentColumns } from './segment-columns.js';
import type { Segment } from './segment.js';
import { secondOf, Slices } from './time-runs.js';

/** A segment with what of it is to be joined. */
export interface Part {
  segment: Segment;
  keys: Uint8Array;
  /** Its own texts, one a line, as they were cut into chunks. */
  texts: readonly Lines[];
}

export interface Lines {
  bytes: Buffer;
  count: number;
}

/**
 * Neighbours of one generation as one segment, but for what its nodes delivered. The dictionary goes by
 * generation and the keys of timeless flows by number, so both stay as they are.
 */
export function joinSegments(parts: readonly Part[], nodes: PackedSegment['nodes']): PackedSegment {
  const [first] = parts;
  if (first === undefined) throw new Error('there is nothing to join');
  const { firstSeq, generation } = first.segment.info;
  const joined = joinSegmentColumns(parts.map(({ segment }) => segment.columns));
  const flows = joined.time.length;
  const times = new Slices();
  for (const [row, time] of joined.time.entries()) times.add(row, secondOf(time));
  return {
    firstSeq,
    generation,
    flows,
    timeMin: parts.map(({ segment }) => segment.info.timeMin).reduce((a, b) => (a < b ? a : b)),
    timeMax: parts.map(({ segment }) => segment.info.timeMax).reduce((a, b) => (a > b ? a : b)),
    columns: compress(writeSegmentColumns(joined, flows, first.segment.parts), Effort.columns),
    keys: packKeys(Buffer.concat(parts.map(({ keys }) => keys))),
    chunks: joinChunks(parts.flatMap(({ texts }) => texts)),
    dictionary: [],
    timeless: [],
    nodes,
    slices: times.slices,
  };
}

/** Neighbours together, up to the size of a chunk. */
function joinChunks(texts: readonly Lines[]): PackedSegment['chunks'] {
  const chunks: { firstText: number; parts: Buffer[]; bytes: number }[] = [];
  let firstText = 0;
  for (const { bytes, count } of texts) {
    const last = chunks.at(-1);
    if (last === undefined || last.bytes + bytes.length > CHUNK_BYTES) {
      chunks.push({ firstText, parts: [bytes], bytes: bytes.length });
    } else {
      last.parts.push(bytes);
      last.bytes += bytes.length;
    }
    firstText += count;
  }
  return chunks.map(({ firstText, parts }) => {
    return { firstText, texts: compress(Buffer.concat(parts), Effort.lines) };
  });
}
