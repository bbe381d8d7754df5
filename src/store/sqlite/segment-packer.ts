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
  segment: PackedSegment;
  rows: CountedRows;
  delivered: DeliveredBlock;
}

/** Packs segments, one after another: what the earlier ones of a generation brought along is known to the later. */
export class SegmentPacker {
  #parts: WrittenParts | undefined;
  #chunks: PackedSegment['chunks'] = [];

  /** `endpointOnDisk`: of a generation, one that an earlier segment brought along. */
  constructor(private readonly endpointOnDisk: (generation: number, id: number) => Endpoint) {}

  /** What was packed is not on disk: the next segment begins a generation. */
  forget(): void {
    this.#parts = undefined;
    this.#chunks = [];
  }

  /** Of the segment that is packed next. */
  addTexts({ firstText, bytes }: TextChunk): void {
    this.#chunks.push({ firstText, texts: compress(bytes, Effort.lines) });
  }

  pack(filled: FilledSegment): Packed {
    const parts = this.#partsOf(filled.generation);
    const endpoint = parts.add(filled.dictionary);
    const chunks = this.#chunks;
    this.#chunks = [];
    const segment = packed(filled, parts, chunks);
    return { segment, rows: rowsOf(filled, parts, endpoint), delivered: deliveredOf(filled, parts) };
  }

  #partsOf(generation: number): WrittenParts {
    if (this.#parts?.generation !== generation)
      this.#parts = new WrittenParts(generation, (id) => this.endpointOnDisk(generation, id));
    return this.#parts;
  }
}

function packed(filled: FilledSegment, parts: WrittenParts, chunks: PackedSegment['chunks']): PackedSegment {
  const { firstSeq, generation, flows, slices } = filled;
  const nodes = nodesOf(filled, parts);
  const columns = compress(writeSegmentColumns(filled.columns, flows, parts, parts.learner), Effort.columns);
  // Behind the columns, which tell of habits.
  const dictionary = [...filled.dictionary, ...parts.takeHabits()];
  return {
    firstSeq,
    generation,
    flows,
    timeMin: nodes.map(({ timeMin }) => timeMin).reduce((a, b) => (a < b ? a : b)),
    timeMax: nodes.map(({ timeMax }) => timeMax).reduce((a, b) => (a > b ? a : b)),
    columns,
    keys: packKeys(filled.keys),
    chunks,
    dictionary: dictionary.map((entries) => ({ ...entries, lines: compress(entries.lines, Effort.lines) })),
    nodes,
    slices,
    timeless: filled.timeless.map((row) => ({
      row,
      key: filled.keys.slice(row * KEY_BYTES, (row + 1) * KEY_BYTES),
    })),
  };
}

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
