import { z } from 'zod';
import { defaultThresholds, type Thresholds } from '../domain/service-map/edge-change.js';
import { realNumber } from '../query/parameters.js';

const limits = defaultThresholds;

/** Parameters that say from where on a difference is told. */
export const thresholdShape = {
  noise: realNumber(0, 100)
    .default(limits.noise)
    .describe('by how many standard deviations of chance volume, shares and latency must differ to be told'),
  'volume-factor': realNumber(1)
    .default(limits.volumeFactor)
    .describe('by which flows a minute must rise or fall'),
  'share-points': realNumber(0, 100)
    .default(limits.sharePoints)
    .describe('percentage points by which a share of drops or of HTTP errors must rise or fall'),
  'latency-factor': realNumber(1)
    .default(limits.latencyFactor)
    .describe('by which a latency must rise or fall'),
  'latency-ms': realNumber(0)
    .default(limits.latencyMilliseconds)
    .describe('milliseconds by which a latency must rise or fall, besides'),
};

export const thresholdsSchema = z.object(thresholdShape);

export function thresholdsOf(given: z.infer<typeof thresholdsSchema>): Thresholds {
  return {
    noise: given.noise,
    volumeFactor: given['volume-factor'],
    sharePoints: given['share-points'],
    latencyFactor: given['latency-factor'],
    latencyMilliseconds: given['latency-ms'],
  };
}
