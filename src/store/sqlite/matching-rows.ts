import type { Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import type { HeldFlow } from '../queries.js';
import { judge } from './judged-rows.js';
import { namedKeys, rowsOf } from './named-keys.js';
import type { Stretch } from './segment-visits.js';
import type { SegmentInfo } from './segment.js';

/** Rows of a stretch that pass, in order of arrival. */
export function* matchingRows(
  { segment, from, to }: Stretch,
  filter: Filter,
  window: Window,
): Generator<number> {
  const whole = inWindow(window, segment.info.timeMin) && inWindow(window, segment.info.timeMax);
  const time = whole ? undefined : segment.columns.time;
  const judged = filter.isEmpty ? undefined : judge(filter.matches);
  const passes = judged?.of(segment);
  const keys = namedKeys(filter);
  const only = keys ? rowsOf(keys, segment.keys, from, to) : judged?.rowsWithL7(segment, from, to);
  if (only !== undefined) {
    for (let i = 0; i < only.length; i++) {
      const row = only[i] ?? 0;
      if (time !== undefined && !inWindow(window, time[row] ?? 0n)) continue;
      if (passes === undefined || passes(row)) yield row;
    }
    return;
  }
  const refusals = judged?.refusals(segment);
  for (let row = from; row < to; row++) {
    if (refusals !== undefined && (row = refusals.next(row, to)) === to) return;
    if (time !== undefined && !inWindow(window, time[row] ?? 0n)) continue;
    if (passes === undefined || passes(row)) yield row;
    else refusals?.note(row);
  }
}

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
