import type { Workload } from '../flow/flow.js';
import { onEndpoint, type SidedCriterion } from './criterion.js';
import { readMembers } from './members.js';

type AskedWorkload = Partial<Workload>;

/** `--workload`: `Kind/name`, `name` or `Kind/`; exact and case-sensitive, any workload of the endpoint. */
export const workload: SidedCriterion<AskedWorkload> = {
  field: 'workload',
  flag: { name: 'workload', describe: 'name, Kind/name or Kind/ of a workload', value: readWord },
  read: (value) => readMembers(value, { name: 'text', kind: 'text' }),
  test(wanted) {
    return onEndpoint(({ workloads }) =>
      workloads.some(({ name, kind }) =>
        wanted.some((asked) => (asked.kind ?? kind) === kind && (asked.name ?? name) === name),
      ),
    );
  },
};

function readWord(word: string): AskedWorkload {
  const slash = word.indexOf('/');
  return { kind: word.slice(0, Math.max(slash, 0)), name: word.slice(slash + 1) };
}
