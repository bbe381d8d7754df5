import type { Endpoint, Learned, LearnedName, ServiceName } from '../flow/flow.js';
import { objectOf, textOf } from '../flow/json.js';

const CONFIDENCES = ['exact', 'shared', 'stale'] as const;

/** As it is written, in JSON: `podJson` tells how a pod is. */
export function learnedJson({ name, pod, service }: Learned, podJson: (pod: Endpoint) => unknown): object {
  return { ...name, pod: pod && podJson(pod), service };
}

/** As it was written. */
export function readLearned(value: unknown, readPod: (value: unknown) => Endpoint): Learned | undefined {
  const { pod, service } = objectOf(value);
  const learned: Learned = {};
  const name = readName(value);
  if (name !== undefined) learned.name = name;
  if (pod !== undefined) learned.pod = readPod(pod);
  if (service !== undefined) learned.service = readService(service);
  return Object.keys(learned).length === 0 ? undefined : learned;
}

function readService(value: unknown): ServiceName {
  const { name, namespace } = objectOf(value);
  return { name: textOf(name), namespace: textOf(namespace) };
}

function readName(value: unknown): LearnedName | undefined {
  const { name, confidence } = objectOf(value);
  const known = CONFIDENCES.find((one) => one === confidence);
  return known === undefined ? undefined : { name: textOf(name), confidence: known };
}
