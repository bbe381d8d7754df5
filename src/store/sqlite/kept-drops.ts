import type Database from 'better-sqlite3';
import type { Window } from '../../domain/filter/window.js';
import type { RemovedDrops } from '../../domain/service-map/dropped.js';
import { tallyPorts, type Tally } from '../../domain/service-map/tally.js';
import { Pace } from './pace.js';
import type { SegmentList } from './segment-list.js';
import type { ToldParts } from './told-parts.js';
import { WindowParts } from './window-parts.js';

/** Rows that are read at a stretch: a millisecond or two. */
const PAGE = 1_024;

/** Time, number, source, destination, kind, both ports, flows. */
type Row = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

/** Reads what is kept of dropped flows that were removed: a row for each, at the grain of workloads. */
export class KeptDrops {
  readonly #statements;

  constructor(
    db: Database.Database,
    private readonly list: SegmentList,
    private readonly told: ToldParts,
  ) {
    this.#statements = {
      removedUntil: db
        .prepare<[], bigint | null>('SELECT removed_until FROM retention')
        .pluck()
        .safeIntegers(),
      page: db
        .prepare<[bigint, bigint, bigint, number], Row>(
          `SELECT time, seq, source, destination, kind, source_port, destination_port, flows FROM dropped
           WHERE (time, seq) > (?, ?) AND time <= ? ORDER BY time, seq LIMIT ?`,
        )
        .raw()
        .safeIntegers(),
    };
  }

  async read({ since, until }: Window, signal?: AbortSignal): Promise<RemovedDrops> {
    const sums = new RemovedSums(this.told);
    const removedUntil = this.#statements.removedUntil.get() ?? undefined;
    if (removedUntil === undefined) return sums;
    const last = until === undefined || until > removedUntil ? removedUntil : until;
    const pace = new Pace();
    let [time, seq] = [(since ?? EARLIEST + 1n) - 1n, LATEST];
    while (signal?.aborted !== true) {
      const rows = this.#statements.page.all(time, seq, last, PAGE);
      for (const row of rows) if (this.list.of(Number(row[1])) === undefined) sums.add(row);
      const end = rows.at(-1);
      if (end === undefined || rows.length < PAGE) break;
      [time, seq] = end;
      await pace.pause();
    }
    return sums;
  }
}

const EARLIEST = -(1n << 63n);
const LATEST = (1n << 63n) - 1n;

/** Adds up rows that the map does not tell apart. */
class RemovedSums implements RemovedDrops {
  flows = 0;
  oldest: bigint | undefined;
  newest: bigint | undefined;
  readonly #parts = new WindowParts();
  readonly #numbers;
  readonly #tallies = new Map<string, Tally>();

  constructor(told: ToldParts) {
    this.#numbers = told.numbersIn(this.#parts);
  }

  get tallies(): Tally[] {
    return [...this.#tallies.values()];
  }

  /** By time. */
  add([time, , source, destination, kind, sourcePort, destinationPort, flows]: Row): void {
    const weight = Number(flows);
    this.flows += weight;
    this.oldest ??= time;
    this.newest = time;
    const told = this.#parts.kinds[this.#numbers.kind(Number(kind))]?.told;
    if (told === undefined) throw new Error('a kind that has no number');
    const ports = tallyPorts({
      ...told,
      sourcePort: Number(sourcePort),
      destinationPort: Number(destinationPort),
    });
    const key = [source, destination, kind, ports.sourcePort, ports.destinationPort].join();
    const known = this.#tallies.get(key);
    if (known !== undefined) {
      known.weight += weight;
      known.last = known.time = time;
      return;
    }
    this.#tallies.set(key, {
      ...told,
      ...ports,
      source: this.#end(source),
      destination: this.#end(destination),
      time,
      uuid: '',
      node: '',
      nodeLabels: [],
      weight,
      first: time,
      last: time,
      lastSeq: 0,
      syns: 0,
      resets: 0,
      latencies: undefined,
    });
  }

  #end(id: bigint): Tally['source'] {
    const end = this.#parts.ends[this.#parts.endOf[this.#numbers.end(Number(id))] ?? 0];
    if (end === undefined) throw new Error('an end that has no number');
    return end;
  }
}
