import {
  latencyDistance,
  mayBeChance,
  quantiles,
  rateDistance,
  shareDistance,
  type Latency,
  type Share,
} from './chance.js';
import type { MapEdge } from './service-map.js';

/** What a difference must come up to. */
export interface Thresholds {
  /** Standard deviations of chance. */
  noise: number;
  /** Flows a minute, one way or the other. */
  volumeFactor: number;
  /** Percentage points of a share. */
  sharePoints: number;
  latencyFactor: number;
  latencyMilliseconds: number;
}

export const defaultThresholds: Thresholds = {
  noise: 3,
  volumeFactor: 2,
  sharePoints: 5,
  latencyFactor: 1.5,
  latencyMilliseconds: 5,
};

/** Whether traffic gets through: `partly` where some was dropped, `unknown` where neither was seen. */
export type Passage = 'allowed' | 'partly' | 'dropped' | 'unknown';

interface Shift {
  /** From 0 to 1. */
  a: number;
  b: number;
}

interface Scaled {
  a: number;
  b: number;
  /** b over a; null where a is nothing. */
  ratio: number | null;
}

/** How an edge of both windows differs. */
export interface EdgeChanges {
  verdict?: { a: Passage; b: Passage };
  /** Counts of those that only one window has. */
  newReasons?: Record<string, number>;
  goneReasons?: Record<string, number>;
  /** Of edges that are partly dropped in both. */
  dropShare?: Shift;
  /** Flows a minute. */
  volume?: Scaled;
  /** Answers with a status of 500 and above, and of 400 to 499. */
  serverErrors?: Shift;
  clientErrors?: Shift;
  /** Milliseconds. */
  latency?: Partial<Record<(typeof quantiles)[number], Scaled>>;
  /** So few flows tell of it that it may be chance. */
  faint?: true;
}

/** Minutes of the two windows, as far as something was recorded. */
export interface Lengths {
  a: number;
  b: number;
}

/** Length of b by that of a; two windows without length are alike. */
export function scaleOf({ a, b }: Lengths): number {
  return a === b ? 1 : b / a;
}

type Counted = Pick<MapEdge, 'verdicts'>;

/** Of packets at their best-placed observer, those let through; a packet may be told with several verdicts. */
export function letThrough({ verdicts }: Counted): number {
  let most = 0;
  for (const [verdict, count] of Object.entries(verdicts)) {
    if (verdict !== 'dropped' && verdict !== 'error' && count > most) most = count;
  }
  return most;
}

export function droppedOf({ verdicts }: Counted): number {
  return verdicts['dropped'] ?? 0;
}

export function flowsOf(edge: Counted): number {
  return letThrough(edge) + droppedOf(edge);
}

export function passageOf(edge: Counted): Passage {
  const passes = letThrough(edge) > 0;
  if (droppedOf(edge) > 0) return passes ? 'partly' : 'dropped';
  return passes ? 'allowed' : 'unknown';
}

/** Undefined where nothing is worth telling. */
export function changesOf(
  a: MapEdge,
  b: MapEdge,
  lengths: Lengths,
  thresholds: Thresholds,
): EdgeChanges | undefined {
  const changes: EdgeChanges = {
    ...passageChange(a, b, thresholds),
    ...reasonChange(a, b),
  };
  const isFaint = Object.keys(changes).length > 0 && isFew(a, b, changes, scaleOf(lengths));
  Object.assign(changes, volumeChange(a, b, lengths, thresholds, changes.verdict !== undefined));
  Object.assign(changes, errorChange(a, b, thresholds));
  Object.assign(changes, latencyChange(a, b, thresholds));
  const kinds = Object.keys(changes);
  if (kinds.length === 0) return undefined;
  const isCounted = kinds.every((kind) => COUNTED.has(kind));
  return isFaint && isCounted ? { ...changes, faint: true } : changes;
}

/** Told from the first flow on; of the other kinds the thresholds see to it that they are no chance. */
const COUNTED: ReadonlySet<string> = new Set(['verdict', 'newReasons', 'goneReasons']);

function passageChange(
  a: MapEdge,
  b: MapEdge,
  thresholds: Thresholds,
): Pick<EdgeChanges, 'verdict' | 'dropShare'> {
  const [before, after] = [passageOf(a), passageOf(b)];
  if (before !== after) return { verdict: { a: before, b: after } };
  if (before !== 'partly') return {};
  const dropShare = shiftOf(
    { part: droppedOf(a), whole: flowsOf(a) },
    { part: droppedOf(b), whole: flowsOf(b) },
    thresholds,
  );
  return dropShare === undefined ? {} : { dropShare };
}

function reasonChange(a: MapEdge, b: MapEdge): Pick<EdgeChanges, 'newReasons' | 'goneReasons'> {
  const [newReasons, goneReasons] = [
    without(b.dropReasons, a.dropReasons),
    without(a.dropReasons, b.dropReasons),
  ];
  return {
    ...(newReasons.length > 0 && { newReasons: Object.fromEntries(newReasons) }),
    ...(goneReasons.length > 0 && { goneReasons: Object.fromEntries(goneReasons) }),
  };
}

function without(reasons: Record<string, number>, others: Record<string, number>): [string, number][] {
  return Object.entries(reasons).filter(([reason]) => !Object.hasOwn(others, reason));
}

/** Nothing that was there and is no longer, or the other way round, would have come often enough. */
function isFew(a: MapEdge, b: MapEdge, { newReasons, goneReasons }: EdgeChanges, scale: number): boolean {
  const isFewIn = (count: number, other: number, by: number) =>
    other > 0 || count === 0 || mayBeChance(count, by);
  const [throughA, throughB, droppedA, droppedB] = [letThrough(a), letThrough(b), droppedOf(a), droppedOf(b)];
  return (
    isFewIn(throughA, throughB, scale) &&
    isFewIn(throughB, throughA, 1 / scale) &&
    isFewIn(droppedA, droppedB, scale) &&
    isFewIn(droppedB, droppedA, 1 / scale) &&
    Object.values(goneReasons ?? {}).every((count) => mayBeChance(count, scale)) &&
    Object.values(newReasons ?? {}).every((count) => mayBeChance(count, 1 / scale))
  );
}

/** A dropped connection is told by other flows than one that is let through: then numbers cannot be compared. */
function volumeChange(
  a: MapEdge,
  b: MapEdge,
  lengths: Lengths,
  { volumeFactor, noise }: Thresholds,
  isFlipped: boolean,
): Pick<EdgeChanges, 'volume'> {
  const [before, after] = [flowsOf(a), flowsOf(b)];
  const scale = scaleOf(lengths);
  const isMeasured = lengths.a > 0 && lengths.b > 0;
  if (isFlipped || !isMeasured || rateDistance(before, after, scale) < noise) return {};
  const volume = scaled(before / lengths.a, after / lengths.b);
  return isBeyond(volume, volumeFactor) ? { volume } : {};
}

function errorChange(
  a: MapEdge,
  b: MapEdge,
  thresholds: Thresholds,
): Pick<EdgeChanges, 'serverErrors' | 'clientErrors'> {
  const isServers = (status: number) => status >= 500;
  const isClients = (status: number) => status >= 400 && status < 500;
  const serverErrors = shiftOf(answersOf(a, isServers), answersOf(b, isServers), thresholds);
  const clientErrors = shiftOf(answersOf(a, isClients), answersOf(b, isClients), thresholds);
  return { ...(serverErrors && { serverErrors }), ...(clientErrors && { clientErrors }) };
}

function answersOf({ http }: MapEdge, counts: (status: number) => boolean): Share {
  const share = { part: 0, whole: 0 };
  for (const [status, count] of Object.entries(http?.statuses ?? {})) {
    share.whole += count;
    if (counts(Number(status))) share.part += count;
  }
  return share;
}

function shiftOf(a: Share, b: Share, { sharePoints, noise }: Thresholds): Shift | undefined {
  if (a.whole === 0 || b.whole === 0) return undefined;
  const shift = { a: a.part / a.whole, b: b.part / b.whole };
  const points = Math.abs(shift.b - shift.a) * 100;
  return points > 0 && points >= sharePoints && shareDistance(a, b) >= noise ? shift : undefined;
}

function latencyChange(
  before: MapEdge,
  after: MapEdge,
  { latencyFactor, latencyMilliseconds, noise }: Thresholds,
): Pick<EdgeChanges, 'latency'> {
  const [a, b] = [measuredOf(before), measuredOf(after)];
  if (a === undefined || b === undefined) return {};
  const told = quantiles.flatMap((quantile) => {
    const change = scaled(a[quantile], b[quantile]);
    const distance = latencyDistance(a, b, quantile) ?? 0;
    const isFar = Math.abs(change.b - change.a) >= latencyMilliseconds && isBeyond(change, latencyFactor);
    return distance > 0 && distance >= noise && isFar ? [[quantile, change] as const] : [];
  });
  return told.length === 0 ? {} : { latency: Object.fromEntries(told) };
}

/** Undefined where no answer was timed. */
function measuredOf({ latency }: MapEdge): Latency | undefined {
  if (latency === undefined) return undefined;
  const { p50, p95, p99, measured } = latency;
  return p50 === null || p95 === null || p99 === null ? undefined : { p50, p95, p99, measured };
}

function scaled(a: number, b: number): Scaled {
  return { a, b, ratio: a > 0 ? b / a : null };
}

/** One way or the other. */
function isBeyond({ a, b }: Scaled, factor: number): boolean {
  return a !== b && (b >= a * factor || a >= b * factor);
}
