import { KEY_BYTES, type FlowKey } from '../../domain/flow/flow-key.js';
import type { Flow } from '../../domain/flow/flow.js';
import { compress, emptyColumns, packColumns } from './columns.js';
import { Flag, flowLayout, tallyLayout } from './segment-layout.js';
import { PartsBuilder } from './segment-parts.js';
import { TallyTable } from './tally-table.js';

const SEGMENT_ROWS = 8_192;
/** Records are inflated a chunk at a time to be read; deflate looks back 32 KiB, so smaller chunks cost space. */
const CHUNK_BYTES = 1 << 20;
/** A segment of huge records is closed before it fills its rows. */
const SEGMENT_BYTES = 64 << 20;

export interface PackedSegment {
  firstSeq: number;
  flows: number;
  timeMin: bigint;
  timeMax: bigint;
  parts: Uint8Array;
  tallies: Uint8Array;
  columns: Uint8Array;
  keys: Uint8Array;
  chunks: { firstRow: number; records: Uint8Array }[];
  nodes: { node: string; flows: number; timeMin: bigint; timeMax: bigint }[];
}

/** Fills one segment; records are compressed as they come, while later ones are still read. */
export class SegmentBuilder {
  readonly #columns = emptyColumns(flowLayout, SEGMENT_ROWS);
  readonly #keys = new Uint8Array(SEGMENT_ROWS * KEY_BYTES);
  readonly #parts = new PartsBuilder();
  readonly #tallies = new TallyTable(SEGMENT_ROWS);
  readonly #chunks: { firstRow: number; records: Promise<Buffer> }[] = [];
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES + (64 << 10));
  #chunkBytes = 0;
  #chunkFirstRow = 0;
  #bytes = 0;
  #rows = 0;

  constructor(readonly firstSeq: number) {}

  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === SEGMENT_ROWS || this.#bytes >= SEGMENT_BYTES;
  }

  add(flow: Flow, time: bigint, key: FlowKey, keyIsUuid: boolean, template: Buffer): void {
    const row = this.#rows++;
    const columns = this.#columns;
    columns.time[row] = time;
    columns.source[row] = this.#parts.endpoint(flow.source);
    columns.destination[row] = this.#parts.endpoint(flow.destination);
    columns.traits[row] = this.#parts.trait(flow.traits);
    columns.l7[row] = flow.l7 === undefined ? 0 : this.#parts.message(flow.l7) + 1;
    columns.nodeLabels[row] = flow.nodeLabels.length === 0 ? 0 : this.#parts.nodeLabels(flow.nodeLabels) + 1;
    columns.weight[row] = flow.weight;
    columns.sourcePort[row] = flow.sourcePort;
    columns.destinationPort[row] = flow.destinationPort;
    columns.flags[row] =
      (keyIsUuid ? Flag.keyIsUuid : 0) | (flow.time === undefined ? Flag.placedAtArrival : 0);
    if (!keyIsUuid && flow.uuid !== '') this.#parts.uuid(row, flow.uuid);
    this.#keys.set(new Uint8Array(key.buffer, key.byteOffset, KEY_BYTES), row * KEY_BYTES);
    this.#tallies.add(flow, columns, row);
    this.#addRecord(template);
  }

  #addRecord(template: Buffer): void {
    const room = this.#chunkBytes + template.length + 1;
    if (room > this.#chunk.length) this.#chunk = Buffer.concat([this.#chunk], room);
    this.#chunkBytes += template.copy(this.#chunk, this.#chunkBytes);
    this.#chunk[this.#chunkBytes++] = LINE_BREAK;
    this.#bytes += template.length;
    if (this.#chunkBytes >= CHUNK_BYTES) this.#closeChunk();
  }

  #closeChunk(): void {
    if (this.#chunkBytes === 0) return;
    const records = compress(this.#chunk.subarray(0, this.#chunkBytes));
    // Whoever packs the segment awaits it; until then a rejection must not count as unhandled.
    records.catch(() => undefined);
    this.#chunks.push({ firstRow: this.#chunkFirstRow, records });
    this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES + (64 << 10));
    this.#chunkBytes = 0;
    this.#chunkFirstRow = this.#rows;
  }

  async pack(): Promise<PackedSegment> {
    this.#closeChunk();
    const [parts, tallies, columns] = await Promise.all([
      compress(this.#parts.pack()),
      compress(packColumns(tallyLayout, this.#tallies.columns, this.#tallies.rows)),
      compress(packColumns(flowLayout, this.#columns, this.#rows)),
    ]);
    const times = this.#columns.time.subarray(0, this.#rows);
    const chunks = this.#chunks.map(async ({ firstRow, records }) => ({ firstRow, records: await records }));
    return {
      firstSeq: this.firstSeq,
      flows: this.#rows,
      timeMin: times.reduce((min, time) => (time < min ? time : min)),
      timeMax: times.reduce((max, time) => (time > max ? time : max)),
      parts,
      tallies,
      columns,
      keys: this.#keys.subarray(0, this.#rows * KEY_BYTES),
      chunks: await Promise.all(chunks),
      nodes: [...this.#nodes()],
    };
  }

  *#nodes(): Generator<PackedSegment['nodes'][number]> {
    const nodes = new Map<string, PackedSegment['nodes'][number]>();
    const traits = this.#parts.traits();
    const { columns, rows } = this.#tallies;
    for (let row = 0; row < rows; row++) {
      const node = traits[columns.traits[row] ?? 0]?.node ?? '';
      const flows = columns.weight[row] ?? 0;
      const timeMin = columns.first[row] ?? 0n;
      const timeMax = columns.last[row] ?? 0n;
      const known = nodes.get(node);
      if (known === undefined) {
        nodes.set(node, { node, flows, timeMin, timeMax });
        continue;
      }
      known.flows += flows;
      if (timeMin < known.timeMin) known.timeMin = timeMin;
      if (timeMax > known.timeMax) known.timeMax = timeMax;
    }
    yield* nodes.values();
  }
}

const LINE_BREAK = 10;
