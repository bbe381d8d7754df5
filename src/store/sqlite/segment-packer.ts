import { KEY_BYTES } from '../../domain/flow/flow-key.js';
import type { Endpoint } from '../../domain/flow/flow.js';
import type { DeliveredBlock } from './block-minutes.js';
import { writeSegmentColumns } from './column-layout.js';
import { compress, Effort } from './compression.js';
import type { CountedRows } from './edge-counter.js';
import type { FilledSegment, TextChunk } from './filled-segment.js';
import { packKeys } from './keys.js';
import type { PackedSegment } from './packed-segment.js';
import { isBefore, timeWords } from './time-words.js';
import { WrittenParts } from './written-parts.js';

/** A segment on its way to disk, and what else is made of its rows. */
export interface Packed {
  segment: Promise<PackedSegment>;
  rows: CountedRows;
  delivered: DeliveredBlock;
}

/** Packs segments, one after another: what the earlier ones of a generation brought along is known to the later. */
export class SegmentPacker {
  #parts: WrittenParts | undefined;
  #texts: { firstText: number; texts: Promise<Buffer> }[] = [];

  /** `endpointOnDisk`: of a generation, one that an earlier segment brought along. */
  constructor(private readonly endpointOnDisk: (generation: number, id: number) => Endpoint) {}

  /** What was packed is not on disk: the next segment begins a generation. */
  forget(): void {
    this.#parts = undefined;
    this.#texts = [];
  }

  /** Of the segment that is packed next. */
  addTexts({ firstText, bytes }: TextChunk): void {
    const texts = compress(bytes, Effort.lines);
    // Whoever packs the segment awaits it; until then a rejection must not count as unhandled.
    texts.catch(() => undefined);
    this.#texts.push({ firstText, texts });
  }

  pack(filled: FilledSegment): Packed {
    const parts = this.#partsOf(filled.generation);
    const endpoint = parts.add(filled.dictionary);
    const texts = this.#texts;
    this.#texts = [];
    const segment = packed(filled, parts, texts);
    segment.catch(() => undefined);
    return { segment, rows: rowsOf(filled, parts, endpoint), delivered: deliveredOf(filled, parts) };
  }

  #partsOf(generation: number): WrittenParts {
    if (this.#parts?.generation !== generation)
      this.#parts = new WrittenParts(generation, (id) => this.endpointOnDisk(generation, id));
    return this.#parts;
  }
}

/** The columns are written before anything is waited for: later segments go by what these have shown. */
async function packed(
  filled: FilledSegment,
  parts: WrittenParts,
  chunks: readonly { firstText: number; texts: Promise<Buffer> }[],
): Promise<PackedSegment> {
  const { firstSeq, generation, flows, slices } = filled;
  const nodes = nodesOf(filled, parts);
  const written = writeSegmentColumns(filled.columns, flows, parts, parts.learner);
  // Behind the columns, which tell of habits.
  const dictionary = [...filled.dictionary, ...parts.takeHabits()];
  const [columns, keys, lines, texts] = await Promise.all([
    compress(written, Effort.columns),
    packKeys(filled.keys),
    Promise.all(dictionary.map(({ lines }) => compress(lines, Effort.lines))),
    Promise.all(chunks.map(({ texts }) => texts)),
  ]);
  return {
    firstSeq,
    generation,
    flows,
    timeMin: nodes.map(({ timeMin }) => timeMin).reduce((a, b) => (a < b ? a : b)),
    timeMax: nodes.map(({ timeMax }) => timeMax).reduce((a, b) => (a > b ? a : b)),
    columns,
    keys,
    chunks: chunks.map(({ firstText }, i) => ({ firstText, texts: texts[i] ?? nothing })),
    dictionary: dictionary.map((entries, i) => ({ ...entries, lines: lines[i] ?? nothing })),
    nodes,
    slices,
    timeless: filled.timeless.map((row) => ({
      row,
      key: filled.keys.slice(row * KEY_BYTES, (row + 1) * KEY_BYTES),
    })),
  };
}

const nothing = Buffer.alloc(0);

/** Flows of a node, and the rows of the first and the last of them. */
interface NodeRows {
  flows: number;
  first: number;
  last: number;
}

function nodesOf(filled: FilledSegment, parts: WrittenParts): PackedSegment['nodes'] {
  const { time: times } = filled.columns;
  const summaries = new Map<string, PackedSegment['nodes'][number]>();
  for (const [id, { flows, first, last }] of rowsOfNodes(filled)) {
    const node = parts.nodeName(id);
    const timeMin = times[first] ?? 0n;
    const timeMax = times[last] ?? 0n;
    const summary = summaries.get(node);
    if (summary === undefined) {
      summaries.set(node, { node, flows, timeMin, timeMax });
      continue;
    }
    // A node that got other labels has two numbers.
    summary.flows += flows;
    if (timeMin < summary.timeMin) summary.timeMin = timeMin;
    if (timeMax > summary.timeMax) summary.timeMax = timeMax;
  }
  return [...summaries.values()];
}

/** By number of the node. */
function rowsOfNodes({ columns, flows: rows }: FilledSegment): Map<number, NodeRows> {
  const { node: nodes, time: times, weight: weights } = columns;
  const words = timeWords(times);
  const found = new Map<number, NodeRows>();
  for (let row = 0; row < rows; row++) {
    const id = nodes[row] ?? 0;
    let node = found.get(id);
    if (node === undefined) found.set(id, (node = { flows: 0, first: row, last: row }));
    node.flows += weights[row] ?? 1;
    if (isBefore(words, row * 2, words, node.first * 2)) node.first = row;
    else if (isBefore(words, node.last * 2, words, row * 2)) node.last = row;
  }
  return found;
}

/** As sums are made of them. */
function rowsOf(
  { firstSeq, generation, flows, columns }: FilledSegment,
  parts: WrittenParts,
  endpoint: (id: number) => Endpoint,
): CountedRows {
  const { l7 } = columns;
  return {
    generation,
    firstSeq,
    flows,
    columns,
    endpoint,
    traits: (template) => parts.template(template).traits,
    policies: parts.policies,
    l7: (row) => {
      const number = l7?.kind[row] ?? 0;
      return number === 0 ? undefined : parts.l7(number - 1);
    },
    bucket: (row) => l7?.bucket[row] ?? 0,
  };
}

/** For coverage. */
function deliveredOf({ columns, flows }: FilledSegment, parts: WrittenParts): DeliveredBlock {
  const { nodeName, endpointFields, templateFields } = parts;
  return { columns, rows: flows, nodeNameOf: nodeName, endpointFields, templateFields };
}
