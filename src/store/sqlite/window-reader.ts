import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { within } from '../../domain/filter/filter.js';
import type { Window } from '../../domain/filter/window.js';
import type { CoarseSums } from '../../domain/service-map/coarse-sums.js';
import { scopeOf, type Viewer } from '../../domain/viewer.js';
import type { ScanQuery, SummedParts } from '../queries.js';
import { isDamage } from './damage.js';
import { HOUR, MINUTE } from './edge-counter.js';
import { HourSums, type Hours } from './hour-sums.js';
import { MinuteSums } from './minute-sums.js';
import { Pace } from './pace.js';
import type { SegmentList } from './segment-list.js';
import type { SegmentVisits } from './segment-visits.js';
import type { ToldParts } from './told-parts.js';
import { WindowMemory, WindowSums, type Summed } from './window-sums.js';

/** How often a window is read again because flows of it were removed meanwhile. */
const TRIES = 4;

/** Adds up the flows of windows, those that are held and those of which only sums are. */
export class WindowReader {
  readonly #hours: HourSums;
  readonly #minutes: MinuteSums;

  constructor(
    db: Database.Database,
    told: ToldParts,
    private readonly list: SegmentList,
    private readonly visits: SegmentVisits,
    private readonly memory = new WindowMemory(),
  ) {
    this.#hours = new HourSums(db, told);
    this.#minutes = new MinuteSums(db, told);
  }

  /** What moves from blocks to sums while it is read would be missed, or counted twice: then it is read anew. */
  async sums(viewer: Viewer, query: ScanQuery): Promise<CoarseSums> {
    const filter = within(scopeOf(viewer), query.filter);
    const isNumbered = query.afterSeq !== undefined || query.upTo !== undefined;
    const asked = { ...query, filter };
    if (!filter.isEmpty) return this.#read(asked, {});
    if (this.#isOfAllHeld(query)) {
      const sums = await this.#readHeld(asked);
      if (sums !== undefined) return sums;
    }
    if (isNumbered) return this.#read(asked, {});
    for (let tries = 1; ; tries++) {
      const summed = this.#summed(query.window);
      const sums = await this.#read(asked, summed);
      const isSteady = isSame(summed, this.#summed(query.window));
      if (isSteady || tries === TRIES || query.signal?.aborted === true) return sums;
    }
  }

  /** Without what was removed, of which there may be sums as well. */
  #isOfAllHeld({ window, afterSeq, upTo }: ScanQuery): boolean {
    if (window.since !== undefined || window.until !== undefined || upTo !== undefined) return false;
    if (afterSeq !== undefined) return afterSeq === 0;
    const { hours, minutes } = this.#summed(window);
    return (hours ?? minutes) === undefined;
  }

  /** All that is held, from sums by hour and day where it is much. Undefined where flows have to be read. */
  async #readHeld(query: ScanQuery): Promise<CoarseSums | undefined> {
    const { signal } = query;
    const plain = new WindowSums(this.memory, query);
    if (plain.unread(plain.runs(this.list.infos())) < this.memory.many) return undefined;
    for (let tries = 1; tries <= TRIES && signal?.aborted !== true; tries++) {
      const hours = this.#hours.held();
      if (hours === undefined) return undefined;
      const sums = await this.#fromHours(hours, query);
      // What was added to them meanwhile may be in some and not in others.
      if (JSON.stringify(this.#hours.held()) === JSON.stringify(hours))
        return sums && this.#readRows(sums, query);
    }
    return undefined;
  }

  /** Undefined where the sums are damaged: the flows may be whole. */
  async #fromHours(hours: Hours, query: ScanQuery): Promise<WindowSums | undefined> {
    const { turn = setImmediate } = query;
    try {
      const sums = new WindowSums(this.memory, query, { hours, pods: this.#hours.pods() });
      for (const _ of sums.addSummed(this.#hours, this.#minutes)) await turn();
      return sums;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined;
    }
  }

  async #read(query: ScanQuery, summed: Summed): Promise<CoarseSums> {
    const { turn = setImmediate } = query;
    const sums = new WindowSums(this.memory, query, summed);
    for (const _ of sums.addSummed(this.#hours, this.#minutes)) await turn();
    return this.#readRows(sums, query);
  }

  async #readRows(sums: WindowSums, { turn = setImmediate, signal }: ScanQuery): Promise<CoarseSums> {
    const pace = new Pace(turn);
    for (const run of sums.runs(this.list.infos())) {
      for (const _ of sums.add(run, this.visits, pace)) {
        await pace.pause();
        if (signal?.aborted === true) return sums.take();
      }
    }
    return sums.take();
  }

  #summed(window: Window): Summed {
    const hours = this.#hours.of(window);
    return { hours, minutes: this.#minutes.of(window, hours) };
  }

  summed(window: Window): SummedParts {
    const { hours, minutes } = this.#summed(window);
    return {
      hours: hours && { from: BigInt(hours.from) * HOUR, to: BigInt(hours.to) * HOUR },
      minutes: minutes && {
        from: BigInt(minutes.from) * MINUTE,
        to: BigInt(minutes.to) * MINUTE,
        missing: this.#minutes.missing(minutes),
      },
    };
  }
}

/** Neither was anything added to the parts, nor removed. */
function isSame(a: Summed, b: Summed): boolean {
  const told = ({ hours, minutes }: Summed) => {
    const parts = minutes?.parts.map(({ hour, part, flows }) => [hour, part, flows].join(':'));
    return [hours?.from, hours?.to, minutes?.gaps.length, ...(parts ?? [])].join();
  };
  return told(a) === told(b);
}
