import { onEndpoint, type SidedCriterion } from './criterion.js';
import { readQualifiedName } from './pod.js';

/** `--service [namespace/]prefix`: like `--pod`, of the service whose frontend the address is. */
export const service: SidedCriterion = {
  name: 'service',
  describe: '[namespace/]prefix of a service name; without a namespace: default',
  parse(values, words) {
    const wanted = values.flatMap((value) => readQualifiedName(value, words));
    return onEndpoint(
      (endpoint) =>
        endpoint.service !== '' &&
        wanted.some(
          ({ namespace, prefix }) =>
            (namespace === undefined || namespace === endpoint.serviceNamespace) &&
            endpoint.service.startsWith(prefix),
        ),
    );
  },
};
