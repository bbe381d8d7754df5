import type { Policies } from '../flow/flow.js';
import { once, readText, type Criterion } from './criterion.js';

/** A policy that Hubble names as the reason of a verdict, whether it allowed or denied. */
export const policy: Criterion<string> = {
  field: 'policy',
  flags: [{ name: 'policy', describe: 'name or namespace/name of a policy that allowed or denied' }],
  read: readText,
  test(names) {
    const wanted = new Set(names);
    const judged = once<Policies>(({ allowedBy, deniedBy }) =>
      [...allowedBy, ...deniedBy].some((told) => spellings(told).some((name) => wanted.has(name))),
    );
    return ({ policies }) => judged(policies);
  },
};

/** Of `namespace/name (Kind)`: with everything, without the kind, and the name alone. */
function spellings(told: string): string[] {
  const named = told.replace(/ \([^()]*\)$/, '');
  return [told, named, named.slice(named.indexOf('/') + 1)];
}
