import type { Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import { sharedLabels, type CoarseSums, type LabelledEnd } from '../../domain/service-map/coarse-sums.js';
import type { Tally } from '../../domain/service-map/tally.js';
import { rowsBetween } from './edge-counter.js';
import { matchingRows } from './matching-rows.js';
import type { RowNumbers } from './numbered-rows.js';
import type { Stretch } from './segment-visits.js';
import { Sums, type Sum } from './sums.js';
import type { WindowParts } from './window-parts.js';

/** How an endpoint was met. */
const BY_SOCKET = 1;
const BY_PACKET = 2;

/** Adds up the flows of a window, segment by segment, at the grain of workloads. */
export class WindowSums {
  readonly #parts: WindowParts;
  readonly #sums = new Sums();
  /** By number of endpoint. */
  #met = new Uint8Array(0);

  constructor(
    private readonly numbers: RowNumbers,
    private readonly filter: Filter,
    private readonly window: Window,
  ) {
    this.#parts = numbers.begin();
  }

  /** All rows of a stretch that pass, or none where it throws. */
  add(stretch: Stretch): void {
    const { segment, from, to } = stretch;
    const { timeMin, timeMax } = segment.info;
    const whole = this.filter.isEmpty && inWindow(this.window, timeMin) && inWindow(this.window, timeMax);
    const picked = whole
      ? rowsBetween(from, to)
      : Uint32Array.from(matchingRows(stretch, this.filter, this.window));
    const { source, destination, kind, ports } = this.numbers.of(segment, this.#parts);
    const met = this.#makeRoom();
    const { kinds, endOf } = this.#parts;
    const { time, weight } = segment.columns;
    const key = new Int32Array(5);
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i] ?? 0;
      const [from, to, told] = [source[row] ?? 0, destination[row] ?? 0, kind[row] ?? 0];
      const how = kinds[told]?.isSocket ? BY_SOCKET : BY_PACKET;
      met[from] = (met[from] ?? 0) | how;
      met[to] = (met[to] ?? 0) | how;
      key[1] = endOf[from] ?? 0;
      key[2] = endOf[to] ?? 0;
      key[3] = told;
      key[4] = ports[row] ?? 0;
      this.#sums.add(key, weight[row] ?? 1, time[row] ?? 0n);
    }
  }

  #makeRoom(): Uint8Array {
    if (this.#met.length < this.#parts.endpoints.length) {
      const met = new Uint8Array(this.#parts.endpoints.length);
      met.set(this.#met);
      this.#met = met;
    }
    return this.#met;
  }

  /** Undefined where only the flows themselves can tell which workload a pod belongs to. */
  take(upTo: number): CoarseSums | undefined {
    if (!this.#isForetold()) return undefined;
    const tallies = Array.from(this.#sums.all(), (sum) => this.#tallyOf(sum));
    return { tallies, ends: this.#labelled(), upTo };
  }

  /** No pod was counted for the workload that its name foretells while a record tells another one. */
  #isForetold(): boolean {
    const { endpoints } = this.#parts;
    const met = endpoints.filter((_, number) => (this.#met[number] ?? 0) > 0);
    const unforetold = new Set(met.flatMap((endpoint) => endpoint.unforetold ?? []));
    return !met.some(({ guessed }) => guessed !== undefined && unforetold.has(guessed));
  }

  /** The ends that packets had. */
  #labelled(): LabelledEnd[] {
    const { endpoints, ends, endOf } = this.#parts;
    const labelled = new Map<number, LabelledEnd>();
    for (const [number, { labels }] of endpoints.entries()) {
      if (((this.#met[number] ?? 0) & BY_PACKET) === 0) continue;
      const id = endOf[number] ?? 0;
      const endpoint = ends[id];
      if (endpoint === undefined) continue;
      let end = labelled.get(id);
      if (end === undefined) labelled.set(id, (end = { endpoint, labels: undefined }));
      // A masked record has no labels; that says nothing about the others'.
      if (labels.length > 0) end.labels = sharedLabels(end.labels, labels);
    }
    return [...labelled.values()];
  }

  #tallyOf({ key, flows, first, last }: Sum): Tally {
    const [, from = 0, to = 0, kind = 0, ports = 0] = key;
    const { ends, kinds } = this.#parts;
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
    };
  }
}
