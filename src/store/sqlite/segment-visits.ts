import type Database from 'better-sqlite3';
import type { DamagedRange } from '../flow-store.js';
import { Damaged, Gone, isDamage } from './damage.js';
import type { SegmentReader } from './segment-reader.js';
import type { Segment, SegmentInfo } from './segment.js';

/** Rows of one segment, from `from` to before `to`. */
export interface Stretch {
  segment: Segment;
  from: number;
  to: number;
}

/**
 * Comes to the flows of a segment that was listed, wherever they lie by now: merging may have put them
 * into another one, retention may have taken them. What is damaged is told once and then left out.
 */
export class SegmentVisits {
  readonly #damage = new Map<number, DamagedRange>();
  readonly #begin;
  readonly #end;

  constructor(
    db: Database.Database,
    private readonly segments: SegmentReader,
    private readonly onDamage: (range: DamagedRange) => void,
  ) {
    this.#begin = db.prepare('BEGIN');
    this.#end = db.prepare('COMMIT');
  }

  /**
   * What `use` makes of the stretches where rows `from` to before `to` of the listed segment lie. It is called
   * again when something was taken away under its feet, so it must only answer.
   */
  visit<T>(info: SegmentInfo, use: (stretch: Stretch) => T[], from = 0, to = info.flows): T[] {
    try {
      const segment = this.segments.read(info);
      if (segment !== undefined) return use({ segment, from, to });
    } catch (error) {
      if (!isDamage(error) && !(error instanceof Gone)) throw error;
      if (this.isDamaged(info) && isDamage(error)) return [];
      this.segments.forget(info.id);
    }
    return this.#visitAnew(info, use, from, to);
  }

  /** In one snapshot of the database, so that nothing vanishes between listing and reading. */
  #visitAnew<T>(info: SegmentInfo, use: (stretch: Stretch) => T[], from: number, to: number): T[] {
    this.#begin.run();
    try {
      const first = info.firstSeq + from;
      const end = info.firstSeq + to;
      return this.segments
        .infos()
        .filter(({ firstSeq, flows }) => firstSeq < end && firstSeq + flows > first)
        .flatMap((now) => this.#useWhole(now, use, first - now.firstSeq, end - now.firstSeq));
    } finally {
      this.#end.run();
    }
  }

  #useWhole<T>(info: SegmentInfo, use: (stretch: Stretch) => T[], from: number, to: number): T[] {
    try {
      const segment = this.segments.read(info);
      if (segment === undefined) throw new Damaged('it cannot be found by its own numbers');
      return use({ segment, from: Math.max(0, from), to: Math.min(info.flows, to) });
    } catch (error) {
      // Nothing goes away within a snapshot: what is gone is missing.
      if (!isDamage(error) && !(error instanceof Gone)) throw error;
      this.#note(info, error.message);
      return [];
    }
  }

  isDamaged({ firstSeq, flows }: SegmentInfo): boolean {
    return [...this.#damage.values()].some(
      (range) => range.firstSeq < firstSeq + flows && range.lastSeq >= firstSeq,
    );
  }

  #note({ firstSeq, flows, timeMin, timeMax }: SegmentInfo, reason: string): void {
    if (this.#damage.has(firstSeq)) return;
    const range = { firstSeq, lastSeq: firstSeq + flows - 1, oldest: timeMin, newest: timeMax, reason };
    this.#damage.set(firstSeq, range);
    this.onDamage(range);
  }

  /** Without what retention took meanwhile. */
  damage(): DamagedRange[] {
    if (this.#damage.size === 0) return [];
    const held = new Set(this.segments.infos().map(({ firstSeq }) => firstSeq));
    for (const firstSeq of this.#damage.keys()) if (!held.has(firstSeq)) this.#damage.delete(firstSeq);
    return [...this.#damage.values()].sort((a, b) => a.firstSeq - b.firstSeq);
  }
}
