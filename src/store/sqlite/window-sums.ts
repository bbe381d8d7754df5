import { inWindow } from '../../domain/filter/window.js';
import { sharedLabels, type CoarseSums, type LabelledEnd } from '../../domain/service-map/coarse-sums.js';
import type { PodsTold } from '../../domain/service-map/foretold.js';
import type { Tally } from '../../domain/service-map/tally.js';
import type { ScanQuery } from '../queries.js';
import { HOUR } from './edge-counter.js';
import type { Hours, HourSums } from './hour-sums.js';
import type { Minutes, MinuteSums } from './minute-sums.js';
import { joined, KnownSums, runsOf, type Run } from './known-sums.js';
import { matchingRows, overlaps, rowsWithin } from './matching-rows.js';
import { RowNumbers, type Numbering } from './numbered-rows.js';
import type { Pace } from './pace.js';
import { RowSums } from './row-sums.js';
import type { SegmentInfo } from './segment.js';
import type { SegmentVisits, Stretch } from './segment-visits.js';
import type { Sum } from './sums.js';

const noLabels: readonly string[] = [];

/** Where so many flows have to be read, sums by hour and day are read instead: some two seconds of a processor. */
const MANY = 1 << 19;

/** What windows have in common, so that the next one is answered faster. */
export class WindowMemory {
  readonly numbers = new RowNumbers();
  readonly known = new KnownSums();

  constructor(
    /** Flows of a run. */
    readonly runLength?: number,
    readonly many = MANY,
  ) {}
}

/** What of a window is told by sums that rest, as flows of it were removed, or are many. */
export interface Summed {
  hours?: Hours | undefined;
  minutes?: Minutes | undefined;
  /** Of flows that are held: what sums do not tell of their pods. */
  pods?: PodsTold | undefined;
}

/** Adds up the flows of a window at the grain of workloads. */
export class WindowSums {
  readonly #numbering: Numbering;
  readonly #all: RowSums;
  #upTo = 0;

  constructor(
    private readonly memory: WindowMemory,
    private readonly query: ScanQuery,
    private readonly summed: Summed = {},
  ) {
    this.#numbering = memory.numbers.begin();
    this.#all = new RowSums(this.#numbering.parts);
    this.#upTo = summed.hours?.lastSeq ?? 0;
  }

  runs(infos: readonly SegmentInfo[]): Run[] {
    const isWhole = (info: SegmentInfo) =>
      this.query.filter.isEmpty && this.#isInside(info) && !this.#isSummed(info);
    const runs = runsOf(infos, (info) => this.#isAsked(info), this.memory.runLength);
    return joined(runs.map((run) => (run.infos.every(isWhole) ? run : { ...run, name: undefined })));
  }

  #isAsked(info: SegmentInfo): boolean {
    const { from, to } = this.#rowsOf(info);
    if (from < to) this.#upTo = Math.max(this.#upTo, info.firstSeq + to - 1);
    return from < to && overlaps(info, this.query.window) && !this.#isAllSummed(info);
  }

  #isAllSummed({ firstSeq, flows, timeMin, timeMax }: SegmentInfo): boolean {
    const { hours } = this.summed;
    const last = firstSeq + flows - 1;
    return isIn(hours, timeMin, last) && isIn(hours, timeMax, last);
  }

  /** Flows of runs that have to be read, as no sums of them are known. */
  unread(runs: readonly Run[]): number {
    return runs.reduce((sum, run) => sum + this.#unreadOf(run), 0);
  }

  #unreadOf({ name, infos, parts }: Run): number {
    if (name !== undefined && this.memory.known.get(name, this.#all.parts) !== undefined) return 0;
    return parts === undefined ? infos.reduce((sum, { flows }) => sum + flows, 0) : this.unread(parts);
  }

  #rowsOf(info: SegmentInfo): { from: number; to: number } {
    return rowsWithin(info, this.query.afterSeq, this.query.upTo);
  }

  /** Step by step, between which others may have their turn. */
  add(run: Run, visits: SegmentVisits, pace: Pace): Generator<void> {
    return this.#add(run, this.#all, visits, pace);
  }

  *#add(run: Run, into: RowSums, visits: SegmentVisits, pace: Pace): Generator<void> {
    const { name, infos, parts } = run;
    if (name === undefined) {
      yield* this.#addRows(infos, into, visits, pace);
      return;
    }
    let sums = this.memory.known.get(name, into.parts);
    if (sums === undefined) {
      sums = new RowSums(into.parts);
      if (parts === undefined) yield* this.#addRows(infos, sums, visits, pace);
      else for (const part of parts) yield* this.#add(part, sums, visits, pace);
      this.memory.known.put(name, sums);
    }
    into.merge(sums);
    yield;
  }

  *#addRows(
    infos: readonly SegmentInfo[],
    sums: RowSums,
    visits: SegmentVisits,
    pace: Pace,
  ): Generator<void> {
    const add = (stretch: Stretch) => this.#addStretch(stretch, sums);
    for (const info of infos) {
      const { from, to } = this.#rowsOf(info);
      // Unpacked on its own, which takes some milliseconds.
      visits.visit(info, () => [], from, from);
      yield;
      for (let at = from, end; at < to; at = end) {
        end = Math.min(at + pace.rows, to);
        visits.visit(info, add, at, end);
        yield;
      }
    }
  }

  /** Adds the sums of flows that were removed, step by step. */
  *addSummed(hourSums: HourSums, minuteSums: MinuteSums): Generator<void> {
    const { hours, minutes } = this.summed;
    if (hours !== undefined) yield* hourSums.read(hours, this.#all);
    if (minutes === undefined) return;
    for (const part of minutes.parts) {
      minuteSums.read(part, minutes, this.#all);
      yield;
    }
  }

  #addStretch(stretch: Stretch, sums: RowSums): never[] {
    const { segment, from, to } = stretch;
    const { info, columns } = segment;
    const { filter, window } = this.query;
    let picked = matchingRows(stretch, filter, window);
    if (this.#isSummed(info)) {
      picked = picked.filter((row) => !isIn(this.summed.hours, columns.time[row] ?? 0n, info.firstSeq + row));
    }
    sums.add(this.#numbering.rowsOf(segment, from, to), columns, picked);
    return [];
  }

  /** Some of its flows may be in sums by hour, which have those that are held, too. */
  #isSummed({ timeMin, timeMax, firstSeq }: SegmentInfo): boolean {
    const { hours } = this.summed;
    if (hours === undefined || firstSeq > hours.lastSeq) return false;
    return timeMax >= BigInt(hours.from) * HOUR && timeMin < BigInt(hours.to) * HOUR;
  }

  #isInside(info: SegmentInfo): boolean {
    const { window } = this.query;
    const { from, to } = this.#rowsOf(info);
    const isWhole = from === 0 && to === info.flows;
    return isWhole && inWindow(window, info.timeMin) && inWindow(window, info.timeMax);
  }

  take(): CoarseSums {
    const tallies = { [Symbol.iterator]: () => this.#tallies() };
    return { tallies, ends: this.#labelled(), pods: this.#podsTold(), upTo: this.#upTo };
  }

  *#tallies(): Generator<Tally> {
    for (const sum of this.#all.sums.all()) yield this.#tallyOf(sum);
  }

  #podsTold(): PodsTold {
    const { hours, minutes, pods } = this.summed;
    // What was removed cannot be asked: there, sums are all that is known.
    if (pods === undefined && (hours ?? minutes) !== undefined) return { guessed: [], unforetold: [] };
    const { guessed, unforetold } = this.#all.parts.pods;
    return {
      guessed: this.#withMet(guessed, pods?.guessed),
      unforetold: this.#withMet(unforetold, pods?.unforetold),
    };
  }

  /** More pods, with those of these that any record had. */
  #withMet(pods: ReadonlyMap<number, string>, more: readonly string[] = []): string[] {
    const all = [...more];
    for (const [number, pod] of pods) if (this.#all.hasMet(number)) all.push(pod);
    return all;
  }

  /** The ends that packets had. */
  #labelled(): LabelledEnd[] {
    const { ends, endOf, labels: lists, labelsOf } = this.#all.parts;
    const labelled = new Map<number, LabelledEnd>();
    /** By end: which labels it was told to have last, plus one. Most pods of a workload have the same. */
    const last = new Int32Array(ends.length);
    for (const number of this.#all.metByPackets()) {
      const id = endOf[number] ?? 0;
      const told = (labelsOf[number] ?? 0) + 1;
      const endpoint = ends[id];
      if (last[id] === told || endpoint === undefined) continue;
      last[id] = told;
      let end = labelled.get(id);
      if (end === undefined) labelled.set(id, (end = { endpoint, labels: undefined }));
      const labels = lists[told - 1] ?? [];
      // A masked record has no labels; that says nothing about the others'.
      if (labels.length > 0)
        end.labels = end.labels === undefined ? labels : sharedLabels(end.labels, labels);
    }
    return [...labelled.values()];
  }

  #tallyOf({ key, flows, first, last, syns, resets, latencies }: Sum): Tally {
    const [, from = 0, to = 0, kind = 0, ports = 0] = key;
    const { ends, kinds } = this.#all.parts;
    const [source, destination, told] = [ends[from], ends[to], kinds[kind]?.told];
    if (source === undefined || destination === undefined || told === undefined) {
      throw new Error('a sum of something that has no number');
    }
    return {
      time: last,
      uuid: '',
      source,
      destination,
      sourcePort: ports >>> 16,
      destinationPort: ports & 0xffff,
      traits: told.traits,
      policies: told.policies,
      l7: told.l7,
      node: '',
      nodeLabels: noLabels,
      weight: flows,
      first,
      last,
      lastSeq: 0,
      syns,
      resets,
      latencies,
    };
  }
}

function isIn(hours: Hours | undefined, time: bigint, seq: number): boolean {
  return (
    hours !== undefined &&
    seq <= hours.lastSeq &&
    time >= BigInt(hours.from) * HOUR &&
    time < BigInt(hours.to) * HOUR
  );
}
