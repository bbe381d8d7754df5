import type Database from 'better-sqlite3';
import type { Window } from '../../domain/filter/window.js';
import { overlaps } from './matching-rows.js';
import type { SegmentReader } from './segment-reader.js';
import type { SegmentInfo } from './segment.js';

interface Span {
  first: bigint | undefined;
  last: bigint | undefined;
}

/** Segments at the end that are read anew: what comes is added there, and mostly merged there. */
const TAIL = 64;

/** The segments, read anew when another connection changed the database: every answer asks for them, some several times. */
export class SegmentList {
  readonly #version;
  readonly #before;
  readonly #inSnapshot;
  #read = -1;
  #infos: readonly SegmentInfo[] = [];

  constructor(
    db: Database.Database,
    private readonly segments: SegmentReader,
  ) {
    this.#version = db.prepare<[], number>('PRAGMA data_version').pluck();
    this.#before = db
      .prepare<[number], [number, number]>(
        'SELECT count(*), coalesce(max(id), 0) FROM segment WHERE first_seq < ?',
      )
      .raw();
    this.#inSnapshot = db.transaction((read: () => readonly SegmentInfo[]) => read());
  }

  /** In order of arrival. */
  infos(): readonly SegmentInfo[] {
    const version = this.#version.get() ?? -1;
    if (version !== this.#read) {
      this.#infos = this.#inSnapshot(() => this.#readAgain());
      this.#read = version;
    }
    return this.#infos;
  }

  /** An id is never given again: as many as before, and none that is newer, are the same. */
  #readAgain(): readonly SegmentInfo[] {
    const kept = this.#infos.slice(0, -TAIL);
    const from = this.#infos[kept.length]?.firstSeq ?? 0;
    const [count, last] = this.#before.get(from) ?? [0, 0];
    const isSame = count === kept.length && last === kept.reduce((most, { id }) => Math.max(most, id), 0);
    return isSame ? kept.concat(this.segments.infos(from)) : this.segments.infos();
  }

  /** Of a number; undefined when it is not held. */
  of(seq: number): SegmentInfo | undefined {
    const infos = this.infos();
    let [low, high] = [0, infos.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((infos[middle]?.firstSeq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    const info = infos[low - 1];
    return info !== undefined && seq < info.firstSeq + info.flows ? info : undefined;
  }

  totals(): Span & { flows: number; lastSeq: number } {
    const infos = this.infos();
    const newest = infos.at(-1);
    const lastSeq = newest === undefined ? 0 : newest.firstSeq + newest.flows - 1;
    return { ...spanOf(infos), lastSeq, flows: infos.reduce((sum, { flows }) => sum + flows, 0) };
  }

  /** Of the segments that lie inside, and those that reach over an end of the window. */
  within(window: Window): Span & { reaching: SegmentInfo[] } {
    const touched = this.infos().filter((info) => overlaps(info, window));
    const reaching = touched.filter((info) => !isInside(info, window));
    return { ...spanOf(touched.filter((info) => isInside(info, window))), reaching };
  }
}

function isInside({ timeMin, timeMax }: SegmentInfo, { since, until }: Window): boolean {
  return (since === undefined || timeMin >= since) && (until === undefined || timeMax <= until);
}

function spanOf(infos: readonly SegmentInfo[]): Span {
  let first: bigint | undefined;
  let last: bigint | undefined;
  for (const { timeMin, timeMax } of infos) {
    if (first === undefined || timeMin < first) first = timeMin;
    if (last === undefined || timeMax > last) last = timeMax;
  }
  return { first, last };
}
