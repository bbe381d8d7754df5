import { onEndpoint, readText, type SidedCriterion } from './criterion.js';

/** `--cluster`: exact, though Hubble's help shows a pattern. */
export const cluster: SidedCriterion<string> = {
  field: 'cluster_name',
  flag: { name: 'cluster', describe: 'exact name of a cluster' },
  read: readText,
  test(names) {
    const wanted = new Set(names);
    return onEndpoint((endpoint) => wanted.has(endpoint.cluster));
  },
};
