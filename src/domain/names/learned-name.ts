import type { LearnedName } from '../flow/flow.js';
import { objectOf, textOf } from '../flow/json.js';

const CONFIDENCES = ['exact', 'shared', 'stale'] as const;

/** As it was written, in JSON. */
export function readLearnedName(value: unknown): LearnedName | undefined {
  const { name, confidence } = objectOf(value);
  const known = CONFIDENCES.find((one) => one === confidence);
  return known === undefined ? undefined : { name: textOf(name), confidence: known };
}
