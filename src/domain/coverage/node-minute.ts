import type { Window } from '../filter/window.js';

/**
 * What is kept of the flows that one node told of in one minute. Several may tell of the same node and minute, and
 * add up. One may also span many minutes, where there were too many to tell apart: it says nothing of those between.
 */
export interface NodeMinute {
  /** Empty where records name no node; undefined for nodes that were too many to tell apart. */
  node: string | undefined;
  flows: number;
  first: bigint;
  last: bigint;
  /** Flows from the future (`aheadBy`), and milliseconds of the farthest. */
  ahead: number;
  aheadMost: number;
  /** Flows that came after newer ones of their node (`lateBy`), and milliseconds of the latest. */
  late: number;
  lateMost: number;
  /** Bits of the fields that at least one of the flows carried (`fieldsOf`). */
  fields: number;
}

/** A clock that is kept by NTP is off by less, in milliseconds. */
const AHEAD_FROM = 1_000;
/** Relay puts in order what comes within a second; what is later than this, in milliseconds, is out of the usual. */
const LATE_FROM = 10_000;

const MINUTE = 60_000_000_000n;

/** The minutes that a window touches, whole. */
export function wholeMinutes({ since, until }: Window): Window {
  return {
    since: since === undefined ? undefined : since - past(since),
    until: until === undefined ? undefined : until - past(until) + MINUTE - 1n,
  };
}

/** Nanoseconds since its minute began. */
function past(time: bigint): bigint {
  return ((time % MINUTE) + MINUTE) % MINUTE;
}

/** By way of a 64-bit float, without the objects that bigints are: it may be off by a quarter of a microsecond. */
export function minuteOf(nanoseconds: number): number {
  return Math.floor(nanoseconds / 60e9);
}

/**
 * By how many milliseconds a flow is from the future; 0 when it is not. A time later than the arrival can only come
 * of a clock, however the flow came, so what is imported afterwards never counts. A clock that is behind looks like
 * delay, which cannot be told from it, so it is not told.
 */
export function aheadBy(time: number, arrival: number): number {
  const milliseconds = (time - arrival) / 1e6;
  return milliseconds > AHEAD_FROM ? Math.round(milliseconds) : 0;
}

/**
 * By how many milliseconds a flow is older than the newest that had come of its node before; 0 when it is not late.
 * Flows from the future and those that have no time do not count as the newest.
 */
export function lateBy(time: number, newest: number): number {
  const milliseconds = (newest - time) / 1e6;
  return milliseconds > LATE_FROM ? Math.round(milliseconds) : 0;
}
