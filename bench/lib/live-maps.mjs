import { createHash } from 'node:crypto';

/** Milliseconds, by a clock that all processes of a host share. */
export const now = () => performance.timeOrigin + performance.now();

/** The same for the same map, in whatever order it is told. */
export function digestOf({ nodes, edges }) {
  const hash = createHash('sha256');
  for (const items of [nodes, edges]) {
    for (const text of [...items].map((item) => JSON.stringify(sorted(item))).sort())
      hash.update(`${text}\n`);
    hash.update('\n');
  }
  return hash.digest('base64url');
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
