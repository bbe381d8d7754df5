import { onEndpoint, type SidedCriterion } from './criterion.js';
import { parseLabelSelector } from './label-selector.js';

/** `--label`: a Kubernetes label selector; values of one flag are alternatives, commas are "and". */
export const label: SidedCriterion = {
  name: 'label',
  describe: 'Kubernetes label selector such as app=web,tier!=db or k8s:app in (web,api)',
  parse(values) {
    const selectors = values.map(parseLabelSelector);
    return onEndpoint((endpoint) => selectors.some((selects) => selects(endpoint.labels)));
  },
};
