import type { MapEdge } from '../service-map.js';
import { added } from './counts.js';

/** What some edges tell, and adds up. */
type Details = Pick<MapEdge, 'http' | 'dns' | 'tcp' | 'auth' | 'policies' | 'inferred'>;

export function detailsOf({ http, dns, tcp, auth, policies, inferred }: Details): Details {
  return {
    ...(http && { http }),
    ...(dns && { dns }),
    ...(tcp && { tcp }),
    ...(auth && { auth }),
    ...(policies && { policies }),
    ...(inferred && { inferred }),
  };
}

export function mergedDetails(a: Details, b: Details): Details {
  return {
    ...merged('http', a, b, (one, other) => ({
      requests: one.requests + other.requests,
      responses: one.responses + other.responses,
      methods: added(one.methods, other.methods),
      statuses: added(one.statuses, other.statuses),
    })),
    ...merged('dns', a, b, (one, other) => ({
      queries: one.queries + other.queries,
      responses: one.responses + other.responses,
      rcodes: added(one.rcodes, other.rcodes),
    })),
    ...merged('tcp', a, b, (one, other) => ({
      attempts: one.attempts + other.attempts,
      // Of one of them nobody told whether it was.
      accepted: one.accepted === null || other.accepted === null ? null : one.accepted + other.accepted,
      resets: one.resets + other.resets,
    })),
    ...merged('auth', a, b, added),
    ...merged('policies', a, b, (one, other) => ({
      allowedBy: union(one.allowedBy, other.allowedBy),
      deniedBy: union(one.deniedBy, other.deniedBy),
    })),
    ...merged('inferred', a, b, union),
  };
}

/** Of the one that has it, where not both have. */
function merged<K extends keyof Details>(
  name: K,
  { [name]: a }: Details,
  { [name]: b }: Details,
  merge: (a: NonNullable<Details[K]>, b: NonNullable<Details[K]>) => NonNullable<Details[K]>,
): Details {
  if (a === undefined && b === undefined) return {};
  return { [name]: a === undefined ? b : b === undefined ? a : merge(a, b) };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
