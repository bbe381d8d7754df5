import { ColumnReader } from './columns.js';
import { Damaged } from './damage.js';
import { readForetold, withEnds } from './foretold-columns.js';
import { Prediction } from './prediction.js';
import { emptySegmentColumns, firstOfEach, type SegmentColumns } from './segment-columns.js';
import { readTimes } from './times.js';

/** The first layout of columns, which older segments have: nodes and texts are foretold by the segment alone. */
export function readFirstLayout(
  bytes: Uint8Array,
  rows: number,
  knownTexts: (template: number) => number,
): SegmentColumns {
  const reader = new ColumnReader(bytes);
  const columns = emptySegmentColumns(0);
  columns.time = readTimes(rows, reader);
  for (const name of ['template', 'source', 'destination', 'flags', 'weight'] as const)
    columns[name] = reader.read(rows);
  for (let row = 0; row < rows; row++) columns.weight[row] = (columns.weight[row] ?? 0) + 1;
  const next = () => reader.read(rows);
  Object.assign(columns, readForetold(columns, { sourcePort: next(), destinationPort: next() }));
  columns.node = readForetold(columns, { node: next() }).node;
  columns.policies = readForetold(columns, { policies: next() }).policies;
  columns.known = reader.read(reader.read(1)[0] ?? 0);
  columns.firstKnown = firstOfEach(columns.template, knownTexts);
  if (columns.firstKnown[rows] !== columns.known.length)
    throw new Damaged('a block of columns has the wrong size');
  columns.paired = new Uint32Array(rows);
  columns.l7 = undefined;
  readForetoldTexts(columns, rows);
  return columns;
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
