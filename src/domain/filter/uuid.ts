import type { Criterion } from './criterion.js';

/** `--uuid`: exact. */
export const uuid: Criterion = {
  name: 'uuid',
  describe: 'exact uuid of a flow',
  parse(values) {
    const wanted = new Set(values);
    return (flow) => flow.uuid !== '' && wanted.has(flow.uuid);
  },
};
