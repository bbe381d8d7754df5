import { KEY_BYTES, type FlowKey } from '../../domain/flow/flow-key.js';
import { bucketOf } from '../../domain/latencies.js';
import { PAIRED_UNIT } from '../../domain/pairing.js';
import type { NewFlow } from '../flow-writer.js';
import type { DeliveredBlock } from './block-minutes.js';
import { compress, Effort } from './compression.js';
import type { DictionaryWriter, NewEntries } from './dictionary-writer.js';
import type { CountedRows } from './edge-counter.js';
import { KeyBlock } from './key-block.js';
import { packKeys } from './keys.js';
import { writeSegmentColumns } from './column-layout.js';
import { emptySegmentColumns, Flag } from './segment-columns.js';
import { secondOf, Slices, type Slice } from './time-runs.js';

export const SEGMENT_ROWS = 8_192;
/** Texts are unpacked a chunk at a time to be read; the compressor finds what repeats within one. */
export const CHUNK_BYTES = 1 << 20;
/** A segment of huge records, or of much that is new to the dictionary, is closed before it fills its rows. */
const SEGMENT_BYTES = 16 << 20;

export interface PackedSegment {
  firstSeq: number;
  generation: number;
  flows: number;
  timeMin: bigint;
  timeMax: bigint;
  columns: Uint8Array;
  keys: Uint8Array;
  chunks: { firstText: number; texts: Uint8Array }[];
  dictionary: NewEntries[];
  nodes: { node: string; flows: number; timeMin: bigint; timeMax: bigint }[];
  slices: readonly Slice[];
  /** Rows of flows that have no time. */
  timeless: readonly { row: number; key: Uint8Array }[];
}

/** Fills one segment; texts are compressed as they come, while later flows are still read. */
export class SegmentBuilder {
  readonly #columns = emptySegmentColumns(SEGMENT_ROWS);
  readonly keys = KeyBlock.ofRows(SEGMENT_ROWS);
  readonly #times = new Slices();
  readonly #timeless: number[] = [];
  readonly #chunks: { firstText: number; texts: Promise<Buffer> }[] = [];
  #known = 0;
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES + (64 << 10));
  #chunkBytes = 0;
  #chunkFirstText = 0;
  #texts = 0;
  #bytes = 0;
  #rows = 0;

  constructor(
    readonly firstSeq: number,
    private readonly generation: number,
    private readonly dictionary: DictionaryWriter,
  ) {}

  get rows(): number {
    return this.#rows;
  }

  /** When its flows were. */
  get slices(): readonly Slice[] {
    return this.#times.slices;
  }

  /** For coverage, when it is closed. */
  get delivered(): DeliveredBlock {
    const { nodeNameOf, endpointFields, templateFields } = this.dictionary;
    return { columns: this.#columns, rows: this.#rows, nodeNameOf, endpointFields, templateFields };
  }

  get isFull(): boolean {
    return this.#rows === SEGMENT_ROWS || this.#bytes + this.dictionary.newBytes >= SEGMENT_BYTES;
  }

  add(added: NewFlow, time: bigint, key: FlowKey, keyIsUuid: boolean): void {
    const { flow, template, known, own, notes } = added;
    const row = this.#rows++;
    const { dictionary } = this;
    const columns = this.#columns;
    columns.time[row] = time;
    columns.template[row] = dictionary.template(template);
    columns.source[row] = dictionary.endpoint(flow.source, notes?.source);
    columns.destination[row] = dictionary.endpoint(flow.destination, notes?.destination);
    columns.node[row] = dictionary.node(flow, notes?.node);
    columns.policies[row] = dictionary.policies(flow.policies);
    columns.sourcePort[row] = flow.sourcePort;
    columns.destinationPort[row] = flow.destinationPort;
    columns.weight[row] = flow.weight;
    columns.flags[row] =
      (keyIsUuid ? Flag.keyIsUuid : flow.uuid === '' ? 0 : Flag.oddUuid) |
      (flow.time === undefined ? Flag.placedAtArrival : 0) |
      (flow.l7 !== undefined && template.isWhole ? Flag.l7InRecord : 0);
    this.keys.add(key);
    this.#times.add(row, secondOf(time));
    if (flow.time === undefined) this.#timeless.push(row);
    for (const text of known) this.#addKnown(dictionary.text(text));
    columns.firstKnown[row + 1] = this.#known;
    for (const text of own) this.#addText(text);
    if (columns.l7 !== undefined && flow.l7 !== undefined) {
      columns.l7.kind[row] = dictionary.l7(flow.l7) + 1;
      if (flow.latency > 0) columns.l7.bucket[row] = bucketOf(flow.latency);
    }
    if (flow.isPaired) columns.paired[row] = flow.latency / PAIRED_UNIT;
  }

  /** What was added, as sums are made of it. */
  counted(): CountedRows {
    const { dictionary } = this;
    const { l7 } = this.#columns;
    return {
      generation: this.generation,
      firstSeq: this.firstSeq,
      flows: this.#rows,
      columns: this.#columns,
      endpoint: dictionary.endpointOf,
      traits: (template) => dictionary.templateOf(template).traits,
      policies: dictionary.policiesOf,
      l7: (row) => {
        const number = l7?.kind[row] ?? 0;
        return number === 0 ? undefined : dictionary.l7Of(number - 1);
      },
      bucket: (row) => l7?.bucket[row] ?? 0,
    };
  }

  #addKnown(id: number): void {
    const columns = this.#columns;
    if (this.#known === columns.known.length) {
      const larger = new Uint32Array(this.#known * 2);
      larger.set(columns.known);
      columns.known = larger;
    }
    columns.known[this.#known++] = id;
  }

  #addText(text: Buffer): void {
    const room = this.#chunkBytes + text.length + 1;
    if (room > this.#chunk.length) this.#chunk = Buffer.concat([this.#chunk], room);
    this.#chunkBytes += text.copy(this.#chunk, this.#chunkBytes);
    this.#chunk[this.#chunkBytes++] = LINE_BREAK;
    this.#bytes += text.length;
    this.#texts++;
    if (this.#chunkBytes >= CHUNK_BYTES) this.#closeChunk();
  }

  #closeChunk(): void {
    if (this.#chunkBytes === 0) return;
    const texts = compress(this.#chunk.subarray(0, this.#chunkBytes), Effort.lines);
    // Whoever packs the segment awaits it; until then a rejection must not count as unhandled.
    texts.catch(() => undefined);
    this.#chunks.push({ firstText: this.#chunkFirstText, texts });
    this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES + (64 << 10));
    this.#chunkBytes = 0;
    this.#chunkFirstText = this.#texts;
  }

  /** Nothing may be added any more. */
  async pack(): Promise<PackedSegment> {
    this.#closeChunk();
    const flows = this.#rows;
    const nodes = this.#nodeSummaries();
    const { learner, habits, guesses, templateOf: template } = this.dictionary;
    const written = writeSegmentColumns(this.#columns, flows, { template, habits, guesses }, learner);
    // Behind the columns, which tell of habits.
    const dictionary = this.dictionary.takeNew();
    const [columns, keys, lines, texts] = await Promise.all([
      compress(written, Effort.columns),
      packKeys(this.keys.written()),
      Promise.all(dictionary.map(({ lines }) => compress(lines, Effort.lines))),
      Promise.all(this.#chunks.map(({ texts }) => texts)),
    ]);
    return {
      firstSeq: this.firstSeq,
      generation: this.generation,
      flows,
      timeMin: nodes.map(({ timeMin }) => timeMin).reduce(earlier),
      timeMax: nodes.map(({ timeMax }) => timeMax).reduce(later),
      columns,
      keys,
      chunks: this.#chunks.map(({ firstText }, i) => ({ firstText, texts: texts[i] ?? nothing })),
      dictionary: dictionary.map((entries, i) => ({ ...entries, lines: lines[i] ?? nothing })),
      nodes,
      slices: this.slices,
      timeless: this.#timeless.map((row) => ({
        row,
        key: this.keys.written().slice(row * KEY_BYTES, (row + 1) * KEY_BYTES),
      })),
    };
  }

  #nodeSummaries(): PackedSegment['nodes'] {
    const summaries = new Map<string, PackedSegment['nodes'][number]>();
    const { node: nodes, time: times, weight: weights } = this.#columns;
    for (let row = 0; row < this.#rows; row++) {
      const node = this.dictionary.nodeNameOf(nodes[row] ?? 0);
      const time = times[row] ?? 0n;
      const flows = weights[row] ?? 1;
      const summary = summaries.get(node);
      if (summary === undefined) {
        summaries.set(node, { node, flows, timeMin: time, timeMax: time });
        continue;
      }
      summary.flows += flows;
      if (time < summary.timeMin) summary.timeMin = time;
      if (time > summary.timeMax) summary.timeMax = time;
    }
    return [...summaries.values()];
  }
}

const LINE_BREAK = 10;
const nothing = Buffer.alloc(0);

function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
