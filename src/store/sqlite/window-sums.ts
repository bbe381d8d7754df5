import type { Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import { sharedLabels, type CoarseSums, type LabelledEnd } from '../../domain/service-map/coarse-sums.js';
import type { Tally } from '../../domain/service-map/tally.js';
import { HOUR, rowsBetween } from './edge-counter.js';
import type { Hours, HourSums } from './hour-sums.js';
import { KnownSums, runsOf, type Run } from './known-sums.js';
import { matchingRows, overlaps } from './matching-rows.js';
import { RowNumbers } from './numbered-rows.js';
import { RowSums } from './row-sums.js';
import type { SegmentInfo } from './segment.js';
import type { Stretch } from './segment-visits.js';
import type { Sum } from './sums.js';

/** What windows have in common, so that the next one is answered faster. */
export class WindowMemory {
  readonly numbers = new RowNumbers();
  readonly known = new KnownSums();

  /** Flows of a run. */
  constructor(readonly runLength?: number) {}
}

/** Calls with the stretches where the rows of a segment lie by now, all or none of which are added. */
type Visit = (info: SegmentInfo, use: (stretch: Stretch) => never[]) => void;

/** Adds up the flows of a window at the grain of workloads. */
export class WindowSums {
  readonly #all: RowSums;

  constructor(
    private readonly memory: WindowMemory,
    private readonly filter: Filter,
    private readonly window: Window,
    /** Are in sums already. */
    private readonly hours?: Hours,
  ) {
    this.#all = new RowSums(memory.numbers.begin());
  }

  runs(infos: readonly SegmentInfo[]): Run[] {
    const isWhole = (info: SegmentInfo) =>
      this.filter.isEmpty && this.#isInside(info) && !this.#isSummed(info);
    const runs = runsOf(infos, (info) => overlaps(info, this.window), this.memory.runLength);
    return runs.map((run) => (run.infos.every(isWhole) ? run : { ...run, name: undefined }));
  }

  /** True when the sums of the run were known. */
  addKnown({ name }: Run): boolean {
    const known = name === undefined ? undefined : this.memory.known.get(name, this.#all.parts);
    if (known !== undefined) this.#all.merge(known);
    return known !== undefined;
  }

  /** Segment by segment, between which others have their turn. */
  *addRows({ name, infos }: Run, visit: Visit): Generator<void> {
    const sums = name === undefined ? this.#all : new RowSums(this.#all.parts);
    for (const info of infos) {
      visit(info, (stretch) => this.#add(stretch, sums));
      yield;
    }
    if (name === undefined) return;
    this.memory.known.put(name, sums);
    this.#all.merge(sums);
  }

  /** Adds the sums of an hour of which flows were removed. */
  addHour(hour: number, source: HourSums): void {
    source.read(hour, this.#all);
  }

  #add(stretch: Stretch, sums: RowSums): never[] {
    const { segment, from, to } = stretch;
    const { info, columns } = segment;
    let picked =
      this.filter.isEmpty && this.#isInside(info)
        ? rowsBetween(from, to)
        : Uint32Array.from(matchingRows(stretch, this.filter, this.window));
    if (this.#isSummed(info)) {
      picked = picked.filter((row) => !isIn(this.hours, columns.time[row] ?? 0n, info.firstSeq + row));
    }
    sums.add(this.memory.numbers.of(segment, sums.parts), columns, picked);
    return [];
  }

  /** Some of its flows may be. */
  #isSummed({ timeMin, timeMax, firstSeq }: SegmentInfo): boolean {
    if (this.hours === undefined || firstSeq > this.hours.lastSeq) return false;
    return timeMax >= BigInt(this.hours.from) * HOUR && timeMin < BigInt(this.hours.to) * HOUR;
  }

  #isInside({ timeMin, timeMax }: SegmentInfo): boolean {
    return inWindow(this.window, timeMin) && inWindow(this.window, timeMax);
  }

  /** Undefined where only the flows themselves can tell which workload a pod belongs to. */
  take(upTo: number): CoarseSums | undefined {
    // What was removed cannot be asked: there, sums are all that is known.
    if (this.hours === undefined && !this.#isForetold()) return undefined;
    const tallies = Array.from(this.#all.sums.all(), (sum) => this.#tallyOf(sum));
    return { tallies, ends: this.#labelled(), upTo: Math.max(upTo, this.hours?.lastSeq ?? 0) };
  }

  /** No pod was counted for the workload that its name foretells while a record tells another one. */
  #isForetold(): boolean {
    const { endpoints } = this.#all.parts;
    const met = this.#all.met();
    const unforetold = new Set(met.flatMap((number) => endpoints[number]?.unforetold ?? []));
    return !met.some((number) => unforetold.has(endpoints[number]?.guessed ?? ''));
  }

  /** The ends that packets had. */
  #labelled(): LabelledEnd[] {
    const { endpoints, ends, endOf } = this.#all.parts;
    const labelled = new Map<number, LabelledEnd>();
    for (const number of this.#all.metByPackets()) {
      const id = endOf[number] ?? 0;
      const endpoint = ends[id];
      if (endpoint === undefined) continue;
      let end = labelled.get(id);
      if (end === undefined) labelled.set(id, (end = { endpoint, labels: undefined }));
      const labels = endpoints[number]?.labels ?? [];
      // A masked record has no labels; that says nothing about the others'.
      if (labels.length > 0) end.labels = sharedLabels(end.labels, labels);
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
      nodeLabels: [],
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
