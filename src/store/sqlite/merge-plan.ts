import { SEGMENT_ROWS } from './segment-builder.js';
import type { SegmentInfo } from './segment.js';

export interface Candidate extends SegmentInfo {
  /** In which stretch of time its newest flow lies. */
  stretch: number;
  /** Compressed, as on disk. */
  textBytes: number;
  /** Then it stays as it is. */
  isDamaged: boolean;
}

/** Segments of one group. */
const GROUP = 256;
/** Compressed texts of one merged segment: they are unpacked together to be joined. */
const TEXT_BYTES = 1 << 20;

/**
 * Cuts segments, in order of arrival, into groups that each fit into one segment: neighbours of one
 * generation whose newest flows lie in one stretch of time, so that none is kept much longer for the
 * others' sake. A group with another one behind it is closed: no more can come that fits in.
 */
export function groupsOf(candidates: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  let group: Candidate[] = [];
  let flows = 0;
  let textBytes = 0;
  for (const next of candidates) {
    flows += next.flows;
    textBytes += next.textBytes;
    const isFull = flows > SEGMENT_ROWS || textBytes > TEXT_BYTES || group.length === GROUP;
    if (isFull || !belongs(next, group.at(-1))) {
      groups.push((group = []));
      ({ flows, textBytes } = next);
    }
    group.push(next);
  }
  return groups;
}

function belongs(next: Candidate, before: Candidate | undefined): boolean {
  return (
    before !== undefined &&
    !before.isDamaged &&
    !next.isDamaged &&
    before.generation === next.generation &&
    before.stretch === next.stretch &&
    before.firstSeq + before.flows === next.firstSeq
  );
}

/** A run of small ones is together at least so many times as large as the largest of them. */
const FACTOR = 8;
/** Segments read in one step. */
const MOST = 128;

/**
 * What of a group to merge now. While more may come, that is many small ones: as each flow is then in a
 * segment eight times as large, it is written again four times at most, and once more, with all that is
 * left of the group, when no more can come.
 */
export function runOf(group: readonly Candidate[], isClosed: boolean): readonly Candidate[] | undefined {
  for (const start of group.keys()) {
    let flows = 0;
    let largest = 0;
    let end = 0;
    for (let at = start; at < Math.min(group.length, start + MOST); at++) {
      const more = group[at]?.flows ?? 0;
      flows += more;
      largest = Math.max(largest, more);
      if (flows >= largest * FACTOR) end = at + 1;
    }
    if (end > 0) return group.slice(start, end);
  }
  return isClosed && group.length > 1 ? group : undefined;
}
