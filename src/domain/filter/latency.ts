import type { Flow } from '../flow/flow.js';
import { readText, Refusal, shown, type Criterion } from './criterion.js';
import { parseDuration } from './window.js';

/** How long an HTTP or DNS answer took, at least and at most; only answers tell, and not all of them. */
export const latencyMin: Criterion<bigint> = {
  field: 'latency-min',
  flags: [{ name: 'latency-min', describe: 'least time that an L7 answer took, such as 250ms' }],
  read: readDuration,
  test: (least) => onLatency((latency) => least.some((bound) => latency >= bound)),
};

export const latencyMax: Criterion<bigint> = {
  field: 'latency-max',
  flags: [{ name: 'latency-max', describe: 'most time that an L7 answer took, such as 1.5s' }],
  read: readDuration,
  test: (most) => onLatency((latency) => most.some((bound) => latency <= bound)),
};

function readDuration(value: unknown): bigint {
  const duration = parseDuration(readText(value));
  if (duration !== undefined) return duration;
  throw new Refusal(`${shown(value)} is no duration such as 250ms or 1.5s`);
}

function onLatency(test: (nanoseconds: number) => boolean): (flow: Flow) => boolean {
  return ({ latency }) => latency > 0 && test(latency);
}
