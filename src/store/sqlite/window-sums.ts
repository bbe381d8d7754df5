import type { Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import type { L7 } from '../../domain/flow/flow.js';
import { L7Kinds } from '../../domain/service-map/coarse.js';
import type { CoarseSums } from '../../domain/service-map/coarse-sums.js';
import type { Tally } from '../../domain/service-map/tally.js';
import { EdgeCounter, rowsBetween } from './edge-counter.js';
import { matchingRows } from './matching-rows.js';
import { rowsOf } from './rollup.js';
import type { Segment } from './segment.js';
import type { Stretch } from './segment-visits.js';
import type { Sum } from './sums.js';
import { WindowParts } from './window-parts.js';

const l7Kinds = new L7Kinds();
/** Of each row, as far as it was asked for: of a segment that is read again, messages are not parsed again. */
const kindsOfRows = new WeakMap<Segment, (L7 | undefined)[]>();

/** Adds up the flows of a window, segment by segment, at the grain of workloads. */
export class WindowSums {
  readonly #parts = new WindowParts();
  readonly #counter = new EdgeCounter(this.#parts, false);

  constructor(
    private readonly filter: Filter,
    private readonly window: Window,
  ) {}

  /** All rows of a stretch that pass, or none where it throws. */
  add(stretch: Stretch): void {
    const { segment, from, to } = stretch;
    const { timeMin, timeMax } = segment.info;
    const whole = this.filter.isEmpty && inWindow(this.window, timeMin) && inWindow(this.window, timeMax);
    const picked = whole
      ? rowsBetween(from, to)
      : Uint32Array.from(matchingRows(stretch, this.filter, this.window));
    this.#counter.add({ ...rowsOf(segment), l7: kindsOf(segment) }, picked);
  }

  /** Undefined where only the flows themselves can tell which workload a pod belongs to. */
  take(upTo: number): CoarseSums | undefined {
    if (!this.#parts.hold) return undefined;
    const tallies = Array.from(this.#counter.sums.all(), (sum) => this.#tallyOf(sum));
    return { tallies, ends: this.#parts.seen(), upTo };
  }

  #tallyOf({ key, flows, first, last }: Sum): Tally {
    const [, source = 0, destination = 0, kind = 0, ports = 0] = key;
    const { ends, kinds } = this.#parts;
    const [from, to, told] = [ends[source], ends[destination], kinds[kind]];
    if (from === undefined || to === undefined || told === undefined) throw new Error('a sum of nothing');
    return {
      time: last,
      uuid: '',
      source: from.endpoint,
      destination: to.endpoint,
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

function kindsOf(segment: Segment): (row: number) => L7 | undefined {
  let kinds = kindsOfRows.get(segment);
  if (kinds === undefined) kindsOfRows.set(segment, (kinds = []));
  const known = kinds;
  return (row) => {
    if (row in known) return known[row];
    const l7 = segment.l7(row);
    return (known[row] = l7 && l7Kinds.of(l7));
  };
}
