import { dropReasons } from '../flow/drop-reason.js';
import type { Criterion } from './criterion.js';
import { EnumValues, nameOrNumber } from './enum-value.js';

/** `L7_DENIED` is a name of ours for what Hubble gives no reason. */
const values = new EnumValues(
  'drop reason',
  dropReasons.filter(({ name }) => name !== 'L7_DENIED').map(({ number, name }) => [number, name]),
);

/** `--drop-reason-desc`: the exact enum name; only what was dropped has a reason. */
export const dropReasonDesc: Criterion<string | number> = {
  field: 'drop_reason_desc',
  flags: [
    {
      name: 'drop-reason-desc',
      describe: "exact name of Hubble's drop reason, such as POLICY_DENIED",
      value: nameOrNumber,
    },
  ],
  read: (value) => values.read(value),
  test(reasons) {
    const wanted = new Set(reasons.map((reason) => values.inFlow(reason)));
    return ({ traits }) => traits.verdict === 'DROPPED' && wanted.has(traits.dropReason);
  },
};
