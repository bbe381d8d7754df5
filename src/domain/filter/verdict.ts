import { invalidFilter } from '../errors.js';
import { verdictName } from '../flow/enums.js';
import type { Criterion } from './criterion.js';

/** `--verdict`: the exact enum name, or its number as some writers store it. */
export const verdict: Criterion = {
  name: 'verdict',
  describe: 'FORWARDED, DROPPED, AUDIT, REDIRECTED, ERROR, TRACED or TRANSLATED',
  parse(values) {
    const wanted = new Set(values.map(readVerdict));
    return (flow) => wanted.has(flow.traits.verdict);
  },
};

function readVerdict(value: string): string {
  if (/^\d+$/.test(value)) return verdictName(Number(value));
  if (!/^\w+$/.test(value)) {
    throw invalidFilter('verdict', `"${value}" is no verdict; repeat the parameter for several`);
  }
  return verdictName(value);
}
