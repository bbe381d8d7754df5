import type { FlowKey } from '../../domain/flow/flow-key.js';
import { bucketOf } from '../../domain/latencies.js';
import { PAIRED_UNIT } from '../../domain/pairing.js';
import type { NewFlow } from '../flow-writer.js';
import type { DictionaryWriter } from './dictionary-writer.js';
import type { FilledSegment, TextChunk } from './filled-segment.js';
import type { KeyBlock } from './key-block.js';
import { emptySegmentColumns, Flag } from './segment-columns.js';
import { secondOf, Slices, type Slice } from './time-runs.js';

export const SEGMENT_ROWS = 8_192;
/** Texts are unpacked a chunk at a time to be read; the compressor finds what repeats within one. */
export const CHUNK_BYTES = 1 << 20;
/** Room for it with a last text that reaches beyond. */
const CHUNK_ROOM = CHUNK_BYTES + (64 << 10);
/** A segment of huge records, or of much that is new to the dictionary, is closed before it fills its rows. */
const SEGMENT_BYTES = 16 << 20;

/** Fills one segment; its texts are handed on as they come, so that they are compressed while later flows are still read. */
export class SegmentBuilder {
  readonly #columns = emptySegmentColumns(SEGMENT_ROWS);
  readonly #times = new Slices();
  readonly #timeless: number[] = [];
  #known = 0;
  /** Without room until there is a text. */
  #chunk = nothing;
  #chunkBytes = 0;
  #chunkFirstText = 0;
  #texts = 0;
  #bytes = 0;
  #rows = 0;

  constructor(
    readonly firstSeq: number,
    private readonly generation: number,
    private readonly dictionary: DictionaryWriter,
    /** Empty, with room for `SEGMENT_ROWS`. */
    readonly keys: KeyBlock,
    private readonly hand: (chunk: TextChunk) => void,
  ) {}

  get rows(): number {
    return this.#rows;
  }

  /** When its flows were. */
  get slices(): readonly Slice[] {
    return this.#times.slices;
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
    if (room > this.#chunk.length) this.#makeRoom(room);
    this.#chunkBytes += text.copy(this.#chunk, this.#chunkBytes);
    this.#chunk[this.#chunkBytes++] = LINE_BREAK;
    this.#bytes += text.length;
    this.#texts++;
    if (this.#chunkBytes >= CHUNK_BYTES) this.#closeChunk();
  }

  #makeRoom(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(bytes, CHUNK_ROOM));
    this.#chunk.copy(larger, 0, 0, this.#chunkBytes);
    this.#chunk = larger;
  }

  #closeChunk(): void {
    if (this.#chunkBytes === 0) return;
    this.hand({ firstText: this.#chunkFirstText, bytes: this.#chunk.subarray(0, this.#chunkBytes) });
    this.#chunk = nothing;
    this.#chunkBytes = 0;
    this.#chunkFirstText = this.#texts;
  }

  /** Nothing may be added any more. */
  take(): FilledSegment {
    this.#closeChunk();
    const { firstSeq, generation, slices } = this;
    return {
      firstSeq,
      generation,
      flows: this.#rows,
      columns: this.#columns,
      // A copy: here they are still asked for.
      keys: this.keys.written().slice(),
      dictionary: this.dictionary.takeNew(),
      slices,
      timeless: this.#timeless,
    };
  }
}

const LINE_BREAK = 10;
const nothing = Buffer.alloc(0);
