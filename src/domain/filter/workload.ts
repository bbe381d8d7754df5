import type { Workload } from '../flow/flow.js';
import { onEndpoint, type SidedCriterion } from './criterion.js';

/** `--workload`: `Kind/name`, `name` or `Kind/`; exact and case-sensitive, any workload of the endpoint. */
export const workload: SidedCriterion = {
  name: 'workload',
  describe: 'name, Kind/name or Kind/ of a workload',
  parse(values) {
    const wanted = values.map(readWorkload);
    return onEndpoint((endpoint) =>
      endpoint.workloads.some((workload) => wanted.some((matches) => matches(workload))),
    );
  },
};

function readWorkload(value: string): (workload: Workload) => boolean {
  const slash = value.indexOf('/');
  const kind = slash < 0 ? '' : value.slice(0, slash);
  const name = slash < 0 ? value : value.slice(slash + 1);
  return (workload) => (kind === '' || workload.kind === kind) && (name === '' || workload.name === name);
}
