import type { Endpoint, Learned, LearnedName } from '../flow/flow.js';
import { objectOf, textOf } from '../flow/json.js';

const CONFIDENCES = ['exact', 'shared', 'stale'] as const;

/** As it is written, in JSON: `podJson` tells how a pod is. */
export function learnedJson({ name, pod }: Learned, podJson: (pod: Endpoint) => unknown): object {
  return { ...name, pod: pod && podJson(pod) };
}

/** As it was written. */
export function readLearned(value: unknown, readPod: (value: unknown) => Endpoint): Learned | undefined {
  const { pod } = objectOf(value);
  const name = readName(value);
  if (name === undefined && pod === undefined) return undefined;
  return { ...(name && { name }), ...(pod === undefined ? {} : { pod: readPod(pod) }) };
}

function readName(value: unknown): LearnedName | undefined {
  const { name, confidence } = objectOf(value);
  const known = CONFIDENCES.find((one) => one === confidence);
  return known === undefined ? undefined : { name: textOf(name), confidence: known };
}
