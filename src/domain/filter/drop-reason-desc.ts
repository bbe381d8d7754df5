import { invalidFilter } from '../errors.js';
import type { Criterion } from './criterion.js';

/** `--drop-reason-desc`: the exact enum name; only dropped flows have one. */
export const dropReasonDesc: Criterion = {
  name: 'drop-reason-desc',
  describe: 'name of a drop reason, such as POLICY_DENIED',
  parse(values) {
    for (const value of values) {
      if (!/^\w+$/.test(value))
        throw invalidFilter('drop-reason-desc', `"${value}" is no name of a drop reason`);
    }
    const wanted = new Set(values);
    return ({ traits }) => traits.verdict === 'DROPPED' && wanted.has(traits.dropReason);
  },
};
