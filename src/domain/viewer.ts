import type { Predicate } from './filter/criterion.js';
import type { Endpoint } from './flow/flow.js';
import { namespaceOf } from './flow/node-identity.js';
import { onEndpoint } from './filter/criterion.js';

/**
 * Who asks, and which namespaces they may see. Every read of the store carries one, and its scope
 * is applied before anything is counted, so that sums never tell of what the viewer may not see.
 */
export interface Viewer {
  name: string;
  namespaces: 'all' | readonly string[];
}

/** The only kind of viewer there is without authentication. */
export const everyone: Viewer = { name: 'everyone', namespaces: 'all' };

/** The same of what was told by flows between these ends. */
export function canSee({ namespaces }: Viewer, ...ends: readonly Endpoint[]): boolean {
  return namespaces === 'all' || ends.some((end) => namespaces.includes(namespaceOf(end)));
}

/** A flow is in scope when either end is in a namespace of the viewer's; undefined where all are. */
export function scopeOf(viewer: Viewer): Predicate | undefined {
  if (viewer.namespaces === 'all') return undefined;
  const visible = new Set(viewer.namespaces);
  const test = onEndpoint((endpoint) => visible.has(namespaceOf(endpoint)));
  return (flow) => test(flow, 'source') || test(flow, 'destination');
}
