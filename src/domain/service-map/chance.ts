/**
 * How far two samples lie apart, in standard deviations of chance: what is near is no news. Flows are sampled, so
 * all of this is an estimate, and errs on the side of silence.
 */

/** A connection is seldom told by one flow alone; so many of them are taken for one event. */
const FLOWS_TOGETHER = 3;

/** What is expected fewer times than this may be missing by chance (Poisson: 5 of 100 times, at three). */
const RULE_OF_THREE = 3;

/** Counts of one kind in two windows, whose lengths are as 1 to `scale`: how far the rates are apart. */
export function rateDistance(a: number, b: number, scale: number): number {
  const events = (a + b) / FLOWS_TOGETHER;
  const share = scale / (1 + scale);
  const expected = events * share;
  const deviation = Math.sqrt(expected * (1 - share));
  return deviation > 0 ? Math.abs(b / FLOWS_TOGETHER - expected) / deviation : 0;
}

export interface Share {
  part: number;
  whole: number;
}

/** Two proportions, pooled. */
export function shareDistance(a: Share, b: Share): number {
  const pooled = (a.part + b.part) / (a.whole + b.whole);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / a.whole + 1 / b.whole));
  return deviation > 0 ? Math.abs(b.part / b.whole - a.part / a.whole) / deviation : 0;
}

/** In the other window nothing was counted: would something have been, at the same rate? */
export function mayBeChance(count: number, scale: number): boolean {
  return !(count * scale >= RULE_OF_THREE);
}

/** Milliseconds, and how many values they were made of. */
export interface Latency {
  p50: number;
  p95: number;
  p99: number;
  measured: number;
}

export const quantiles = ['p50', 'p95', 'p99'] as const;
type Quantile = (typeof quantiles)[number];

/** Of a log-normal distribution, which latencies mostly follow: √(q(1−q)) over the density at q. */
const ERRORS: Record<Quantile, { beyond: number; error: number }> = {
  p50: { beyond: 0.5, error: 1.25 },
  p95: { beyond: 0.05, error: 2.11 },
  p99: { beyond: 0.01, error: 3.73 },
};
/** Standard deviations between p50 and p95. */
const TO_P95 = 1.645;

/** Undefined where too few values lie beyond the quantile for it to mean anything. */
export function latencyDistance(a: Latency, b: Latency, quantile: Quantile): number | undefined {
  const { beyond, error } = ERRORS[quantile];
  // In whole numbers: 60 × 0.05 is a little less than 3 to a computer.
  const least = Math.round(RULE_OF_THREE / beyond);
  if (a.measured < least || b.measured < least) return undefined;
  const way = Math.abs(Math.log(b[quantile] / a[quantile]));
  const deviation = error * Math.hypot(spread(a) / Math.sqrt(a.measured), spread(b) / Math.sqrt(b.measured));
  if (Number.isNaN(way)) return undefined;
  return way === 0 ? 0 : way / deviation;
}

function spread({ p50, p95 }: Latency): number {
  return p50 > 0 && p95 > p50 ? Math.log(p95 / p50) / TO_P95 : 0;
}
