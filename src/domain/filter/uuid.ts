import { readText, type Criterion } from './criterion.js';

/** `--uuid`: exact. */
export const uuid: Criterion<string> = {
  field: 'uuid',
  flags: [{ name: 'uuid', describe: 'exact uuid of a flow' }],
  read: readText,
  test(uuids) {
    const wanted = new Set(uuids);
    return (flow) => flow.uuid !== '' && wanted.has(flow.uuid);
  },
};
