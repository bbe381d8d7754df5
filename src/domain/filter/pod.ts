import { onEndpoint, type FilterWords, type SidedCriterion } from './criterion.js';

/**
 * `--pod [namespace/]prefix`: the namespace is exact, the name a case-sensitive prefix. Without a
 * slash the namespace is `default`, or the one that `--namespace` gives; `/prefix` is any namespace.
 */
export const pod: SidedCriterion = {
  name: 'pod',
  describe: '[namespace/]prefix of a pod name; without a namespace: default',
  parse(values, words) {
    const wanted = values.flatMap((value) => readQualifiedName(value, words));
    return onEndpoint((endpoint) => {
      const { namespace } = endpoint;
      if (namespace === '' && endpoint.pod === '') return false;
      return wanted.some(
        (pod) =>
          (pod.namespace === undefined || pod.namespace === namespace) && endpoint.pod.startsWith(pod.prefix),
      );
    });
  },
};

interface QualifiedName {
  namespace: string | undefined;
  prefix: string;
}

/** `namespace/prefix`, as Hubble names pods and services. */
export function readQualifiedName(value: string, words: FilterWords): QualifiedName[] {
  const slash = value.indexOf('/');
  if (slash < 0) {
    const namespaces = words.get('namespace') ?? ['default'];
    return namespaces.map((namespace) => ({ namespace, prefix: value }));
  }
  return [{ namespace: slash === 0 ? undefined : value.slice(0, slash), prefix: value.slice(slash + 1) }];
}
