import type { Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import type { HeldFlow } from '../queries.js';
import { judge, type JudgedRows } from './judged-rows.js';
import { namedKeys, rowsOf } from './named-keys.js';
import { rowsBetween } from './rows.js';
import type { Stretch } from './segment-visits.js';
import type { SegmentInfo } from './segment.js';
import { isBefore, timeWords } from './time-words.js';

/** Rows of a stretch that pass, in order of arrival. */
export function matchingRows(stretch: Stretch, filter: Filter, window: Window): Uint32Array {
  const { segment } = stretch;
  const { timeMin, timeMax } = segment.info;
  const isWhole = inWindow(window, timeMin) && inWindow(window, timeMax);
  const within = (rows: Uint32Array) => (isWhole ? rows : rowsInside(window, segment.columns.time, rows));
  if (filter.isEmpty) return within(rowsBetween(stretch.from, stretch.to));
  const judged = judge(filter.matches);
  return judged.passing(segment, within(candidates(stretch, filter, judged)));
}

/** The only rows that can pass, as far as that is known. */
function candidates({ segment, from, to }: Stretch, filter: Filter, judged: JudgedRows): Uint32Array {
  const keys = namedKeys(filter);
  const only = keys ? rowsOf(keys, segment.keys, from, to) : judged.rowsWithL7(segment, from, to);
  // A copy: the segment keeps its list, and what is picked takes the room of the others.
  return only === undefined ? rowsBetween(from, to) : Uint32Array.from(only);
}

/** Takes the room of the others. */
function rowsInside(
  { since = EARLIEST, until = LATEST }: Window,
  times: BigInt64Array,
  rows: Uint32Array,
): Uint32Array {
  const words = timeWords(times);
  // What is around a time may reach beyond all that a time can be, and would wrap.
  const ends = timeWords(
    BigInt64Array.of(since < EARLIEST ? EARLIEST : since, until > LATEST ? LATEST : until),
  );
  let inside = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    if (!isBefore(words, row * 2, ends, 0) && !isBefore(ends, 2, words, row * 2)) rows[inside++] = row;
  }
  return rows.subarray(0, inside);
}

const EARLIEST = -(1n << 63n);
const LATEST = (1n << 63n) - 1n;

/** What `read` makes of each of them. */
export function readRows<T>(
  stretch: Stretch,
  filter: Filter,
  window: Window,
  read: (flow: HeldFlow) => T,
): T[] {
  const items: T[] = [];
  const cursor = stretch.segment.cursor();
  for (const row of matchingRows(stretch, filter, window)) {
    cursor.row = row;
    items.push(read(cursor));
  }
  return items;
}

/** The rows of a segment with numbers behind one and up to another; none where `from` is not before `to`. */
export function rowsWithin(
  { firstSeq, flows }: SegmentInfo,
  afterSeq = 0,
  upTo = Infinity,
): { from: number; to: number } {
  return { from: Math.max(0, afterSeq + 1 - firstSeq), to: Math.min(flows, upTo + 1 - firstSeq) };
}

export function overlaps({ timeMin, timeMax }: SegmentInfo, { since, until }: Window): boolean {
  return (since === undefined || timeMax >= since) && (until === undefined || timeMin <= until);
}
