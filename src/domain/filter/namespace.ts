import { onEndpoint, type SidedCriterion } from './criterion.js';

/** `--namespace`: exact. */
export const namespace: SidedCriterion = {
  name: 'namespace',
  describe: 'exact Kubernetes namespace',
  parse(values) {
    const wanted = new Set(values);
    return onEndpoint((endpoint) => wanted.has(endpoint.namespace));
  },
};
