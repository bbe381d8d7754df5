import type { ColumnWriter } from './columns.js';
import { company, Prediction } from './prediction.js';
import type { SegmentColumns } from './segment-columns.js';

/** Columns of one group share what they learn: a reply has the ports the other way round, so one foretells the other. */
export const foretoldColumns: readonly (readonly Foretold[])[] = [
  ['sourcePort', 'destinationPort'],
  ['policies'],
];

/** What a column is foretold by. */
export type Ends = Pick<SegmentColumns, 'template' | 'source' | 'destination'>;

/** A row's template with both ends, and with each of them alone: who sees a flow depends on one of them. */
export function withEnds(
  prediction: Prediction,
  { template, source, destination }: Ends,
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
type Among = (prediction: Prediction, columns: Ends, row: number) => Prediction;

const amongOf: Record<Foretold, Among> = {
  sourcePort: (prediction, { template, source, destination }, row) =>
    withPorts(prediction, source[row] ?? 0, destination[row] ?? 0, template[row] ?? 0),
  destinationPort: (prediction, { template, source, destination }, row) =>
    withPorts(prediction, destination[row] ?? 0, source[row] ?? 0, template[row] ?? 0),
  node: withEnds,
  policies: withEnds,
};

/** Most often the same as the last time in the same company. */
export type Foretold = 'sourcePort' | 'destinationPort' | 'node' | 'policies';

export function writeForetold(
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

/** In place of what was written. */
export function readForetold<T extends Partial<Record<Foretold, Uint32Array>>>(
  { template, source, destination }: Ends,
  group: T,
): T {
  const prediction = new Prediction();
  const ends = { template, source, destination };
  const read = Object.entries(group).map(([name, held]) => ({ held, among: amongOf[name as Foretold] }));
  for (let row = 0; row < template.length; row++) {
    for (const { held, among } of read) held[row] = among(prediction, ends, row).read(held[row] ?? 0);
  }
  return group;
}
