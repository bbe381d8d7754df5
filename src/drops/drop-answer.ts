import { createHash } from 'node:crypto';
import { explainDropReason } from '../domain/flow/drop-reason.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { DropsOfWindow } from '../domain/service-map/dropped.js';
import type { Viewer } from '../domain/viewer.js';
import { withRawMember } from '../http/raw-json.js';
import type { FlowStore } from '../store/flow-store.js';
import type { DropCause } from './drop-groups.js';
import type { DropGroup, Drops } from './drops.schema.js';

export function groupId({ fields }: DropCause): string {
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url').slice(0, 20);
}

/** The groups' JSON, each with a record of it to the letter. */
export async function groupsJson(
  store: FlowStore,
  viewer: Viewer,
  causes: readonly DropCause[],
): Promise<string[]> {
  const examples = await store.take(
    viewer,
    causes.map(({ lastSeq }) => lastSeq),
  );
  const records = new Map(examples.map(({ seq, record }) => [seq, record]));
  return causes.map((cause) => groupJson(cause, records.get(cause.lastSeq)));
}

function groupJson(cause: DropCause, example = 'null'): string {
  const { words, nextStep, harmless } = explainDropReason(cause.reason);
  const group: Omit<DropGroup, 'example'> = {
    id: groupId(cause),
    ...(cause.fields as Partial<DropGroup>),
    count: cause.count,
    firstSeen: formatTimestamp(cause.first),
    lastSeen: formatTimestamp(cause.last),
    explanation: { words, nextStep, harmless },
    deniedBy: cause.deniedBy,
  };
  return withRawMember(group, 'example', example);
}

/** How many of the drops are no longer held as flows. */
export function removedJson({ removed }: DropsOfWindow): Drops['removed'] {
  if (removed?.oldest === undefined || removed.newest === undefined) return null;
  const { flows, oldest, newest } = removed;
  return { flows, from: formatTimestamp(oldest), to: formatTimestamp(newest) };
}

/** Of all groups, of which so many are told. */
export function sumsOf(causes: readonly DropCause[], told: number): { drops: number; groupsLeftOut: number } {
  return {
    drops: causes.reduce((sum, { count }) => sum + count, 0),
    groupsLeftOut: causes.length - told,
  };
}
