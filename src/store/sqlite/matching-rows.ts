import type { Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import type { Stretch } from './segment-visits.js';
import type { SegmentInfo } from './segment.js';

/** Rows of a stretch that pass, in order of arrival. */
export function* matchingRows(
  { segment, from, to }: Stretch,
  filter: Filter,
  window: Window,
): Generator<number> {
  const cursor = segment.cursor();
  const { time } = segment.columns;
  const whole = inWindow(window, segment.info.timeMin) && inWindow(window, segment.info.timeMax);
  for (let row = from; row < to; row++) {
    if (!whole && !inWindow(window, time[row] ?? 0n)) continue;
    cursor.row = row;
    if (filter.isEmpty || filter.matches(cursor)) yield row;
  }
}

export function overlaps({ timeMin, timeMax }: SegmentInfo, { since, until }: Window): boolean {
  return (since === undefined || timeMax >= since) && (until === undefined || timeMin <= until);
}
