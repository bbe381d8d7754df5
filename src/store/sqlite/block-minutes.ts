import { aheadBy, lateBy, minuteOf, type NodeMinute } from '../../domain/coverage/node-minute.js';
import { Flag, type SegmentColumns } from './segment-columns.js';

/** Rows that one block adds: beyond it, time is no longer told apart, and then nodes. */
const MOST_ROWS = 2_048;
const MOST_NODES = 1_024;

/** What is asked of a block's flows, row by row. */
export interface DeliveredBlock {
  columns: Pick<SegmentColumns, 'time' | 'template' | 'source' | 'destination' | 'node' | 'weight' | 'flags'>;
  rows: number;
  /** By their numbers in the columns: names of nodes, and bits of the fields that flows carry by them. */
  nodeNameOf(node: number): string;
  endpointFields(endpoint: number): number;
  templateFields(template: number): number;
}

/** Times of the newest flows by node, in nanoseconds: what later ones are late against. */
export interface NewestFlows {
  get(node: string): number | undefined;
  set(node: string, time: number): void;
}

/**
 * What the flows of a block come to, by node and minute. One pass over its columns when it is closed: nothing is
 * done for it while flows are read. Times are 64-bit floats but for the first and the last of each.
 */
export function minutesOfBlock(block: DeliveredBlock, arrival: number, newest: NewestFlows): NodeMinute[] {
  const pass = new Pass(block, arrival, newest);
  if (!pass.byMinute()) pass.byNode();
  return pass.end();
}

/** One node of the block. */
interface Reporter {
  name: string;
  newest: number;
  minutes: Map<number, Sum>;
  /** Most often the next flow belongs to the same. */
  minute: number;
  sum: Sum | undefined;
}

/** A node's flows of a minute. Their first and last are told by row. */
class Sum {
  flows = 0;
  firstRow = -1;
  lastRow = -1;
  first = Infinity;
  last = -Infinity;
  ahead = 0;
  aheadMost = 0;
  late = 0;
  lateMost = 0;
  fields = 0;

  constructor(readonly node: string | undefined) {}
}

class Pass {
  readonly #words: Int32Array;
  /** By number and by name: a node that got other labels has two numbers. */
  #byId = new Map<number, Reporter>();
  #byName = new Map<string, Reporter>();
  #sums: Sum[] = [];
  readonly #others = new Sum(undefined);

  constructor(
    private readonly block: DeliveredBlock,
    private readonly arrival: number,
    private readonly newest: NewestFlows,
  ) {
    const { time } = block.columns;
    this.#words = new Int32Array(time.buffer, time.byteOffset, time.length * 2);
  }

  /** False when there are too many. */
  byMinute(): boolean {
    for (let row = 0; row < this.block.rows; row++) {
      const reporter = this.#reporter(row);
      const time = this.#roughTime(row);
      const minute = minuteOf(time);
      if (minute !== reporter.minute) {
        reporter.minute = minute;
        reporter.sum = reporter.minutes.get(minute);
      }
      if (reporter.sum === undefined && this.#sums.length === MOST_ROWS) return false;
      this.#count(row, time, (reporter.sum ??= this.#begin(reporter)), reporter);
    }
    return true;
  }

  byNode(): void {
    this.#byId.clear();
    this.#byName.clear();
    this.#sums = [];
    for (let row = 0; row < this.block.rows; row++) {
      const reporter = this.#reporter(row);
      if (this.#sums.length < MOST_NODES) reporter.sum ??= this.#begin(reporter);
      this.#count(row, this.#roughTime(row), reporter.sum ?? this.#others, reporter);
    }
  }

  #roughTime(row: number): number {
    return (this.#words[2 * row + 1] ?? 0) * 2 ** 32 + ((this.#words[2 * row] ?? 0) >>> 0);
  }

  #reporter(row: number): Reporter {
    const id = this.block.columns.node[row] ?? 0;
    let reporter = this.#byId.get(id);
    if (reporter === undefined) {
      reporter = this.#named(this.block.nodeNameOf(id));
      this.#byId.set(id, reporter);
    }
    return reporter;
  }

  #named(name: string): Reporter {
    let reporter = this.#byName.get(name);
    if (reporter === undefined) {
      const newest = this.newest.get(name) ?? -Infinity;
      reporter = { name, newest, minutes: new Map(), minute: NaN, sum: undefined };
      this.#byName.set(name, reporter);
    }
    return reporter;
  }

  #begin(reporter: Reporter): Sum {
    const sum = new Sum(reporter.name);
    reporter.minutes.set(reporter.minute, sum);
    this.#sums.push(sum);
    return sum;
  }

  #count(row: number, time: number, sum: Sum, reporter: Reporter): void {
    const { columns } = this.block;
    sum.flows += columns.weight[row] ?? 1;
    sum.fields |= this.#fieldsOf(row, reporter.name);
    if (time <= sum.first) this.#noteFirst(row, time, sum);
    if (time >= sum.last) this.#noteLast(row, time, sum);
    if (((columns.flags[row] ?? 0) & Flag.placedAtArrival) !== 0) return;
    const ahead = aheadBy(time, this.arrival);
    if (ahead > 0) {
      sum.ahead += columns.weight[row] ?? 1;
      if (ahead > sum.aheadMost) sum.aheadMost = ahead;
      return;
    }
    if (time >= reporter.newest) {
      reporter.newest = time;
      return;
    }
    const late = lateBy(time, reporter.newest);
    if (late === 0) return;
    sum.late += columns.weight[row] ?? 1;
    if (late > sum.lateMost) sum.lateMost = late;
  }

  /** As `fieldsOf` tells them of the flow. */
  #fieldsOf(row: number, node: string): number {
    const { block } = this;
    const { columns } = block;
    const flags = columns.flags[row] ?? 0;
    return (
      ((flags & Flag.placedAtArrival) === 0 ? 1 : 0) |
      ((flags & (Flag.keyIsUuid | Flag.oddUuid)) === 0 ? 0 : 2) |
      (node === '' ? 0 : 512) |
      block.endpointFields(columns.source[row] ?? 0) |
      block.endpointFields(columns.destination[row] ?? 0) |
      block.templateFields(columns.template[row] ?? 0)
    );
  }

  /** Floats that are equal may be of times that are not. */
  #noteFirst(row: number, time: number, sum: Sum): void {
    if (time === sum.first && this.#timeOf(row) >= this.#timeOf(sum.firstRow)) return;
    sum.first = time;
    sum.firstRow = row;
  }

  #noteLast(row: number, time: number, sum: Sum): void {
    if (time === sum.last && this.#timeOf(row) <= this.#timeOf(sum.lastRow)) return;
    sum.last = time;
    sum.lastRow = row;
  }

  #timeOf(row: number): bigint {
    return this.block.columns.time[row] ?? 0n;
  }

  end(): NodeMinute[] {
    for (const { name, newest } of this.#byName.values())
      if (newest > -Infinity) this.newest.set(name, newest);
    const sums = this.#others.flows === 0 ? this.#sums : [...this.#sums, this.#others];
    return sums.map(({ node, flows, firstRow, lastRow, ahead, aheadMost, late, lateMost, fields }) => ({
      node,
      flows,
      first: this.#timeOf(firstRow),
      last: this.#timeOf(lastRow),
      ahead,
      aheadMost,
      late,
      lateMost,
      fields,
    }));
  }
}
