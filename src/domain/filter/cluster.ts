import { onEndpoint, type SidedCriterion } from './criterion.js';

/** `--cluster`: exact, though Hubble's help shows a pattern. */
export const cluster: SidedCriterion = {
  name: 'cluster',
  describe: 'exact name of a cluster',
  parse(values) {
    const wanted = new Set(values);
    return onEndpoint((endpoint) => wanted.has(endpoint.cluster));
  },
};
