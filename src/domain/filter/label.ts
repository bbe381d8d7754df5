import { onEndpoint, type SidedCriterion } from './criterion.js';
import { parseLabelSelector, readLabelSelector } from './label-selector.js';

/** `--label`: a Kubernetes label selector; values of one flag are alternatives, commas are "and". */
export const label: SidedCriterion<string> = {
  field: 'label',
  flag: {
    name: 'label',
    describe: 'Kubernetes label selector such as app=web,tier!=db or k8s:app in (web,api)',
  },
  read: readLabelSelector,
  test(selectors) {
    const parsed = selectors.map(parseLabelSelector);
    return onEndpoint((endpoint) => parsed.some((selects) => selects(endpoint.labels)));
  },
};
