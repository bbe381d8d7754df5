import { verdicts } from '../flow/enums.js';
import type { Criterion } from './criterion.js';
import { EnumValues, nameOrNumber } from './enum-value.js';

const values = new EnumValues('verdict', verdicts.entries());

/** `--verdict`: the exact enum name, or its number as some writers store it. */
export const verdict: Criterion<string | number> = {
  field: 'verdict',
  flags: [
    {
      name: 'verdict',
      describe: 'FORWARDED, DROPPED, AUDIT, REDIRECTED, ERROR, TRACED or TRANSLATED',
      value: nameOrNumber,
    },
  ],
  read: (value) => values.read(value),
  test(verdicts) {
    const wanted = new Set(verdicts.map((verdict) => values.inFlow(verdict)));
    return (flow) => wanted.has(flow.traits.verdict);
  },
};
