import { onEndpoint, readText, type SidedCriterion } from './criterion.js';

/**
 * `--pod [namespace/]prefix`: the namespace is exact, the name a case-sensitive prefix. Without a
 * slash the namespace is `default`; `/prefix` is any namespace. `--namespace x` is the pod filter `x/`.
 */
export const pod: SidedCriterion<string> = {
  field: 'pod',
  flag: { name: 'pod', describe: '[namespace/]prefix of a pod name; without a namespace: default' },
  read: readText,
  test(names) {
    const isWanted = anyOf(names);
    return onEndpoint(({ namespace, pod }) => isWanted(namespace, pod));
  },
};

/** `--service [namespace/]prefix`: like `--pod`, of the service whose frontend the address is. */
export const service: SidedCriterion<string> = {
  field: 'service',
  flag: { name: 'service', describe: '[namespace/]prefix of a service name; without a namespace: default' },
  read: readText,
  test(names) {
    const isWanted = anyOf(names);
    return onEndpoint(({ serviceNamespace, service }) => isWanted(serviceNamespace, service));
  },
};

interface QualifiedName {
  /** Undefined is any. */
  namespace: string | undefined;
  prefix: string;
}

function anyOf(names: readonly string[]): (namespace: string, name: string) => boolean {
  const wanted = names.map(readQualifiedName);
  return (namespace, name) =>
    (namespace !== '' || name !== '') &&
    wanted.some(
      (asked) =>
        (asked.namespace === undefined || asked.namespace === namespace) && name.startsWith(asked.prefix),
    );
}

/** Behind a second slash, which no name has, nothing counts: so Hubble reads it. */
function readQualifiedName(text: string): QualifiedName {
  const [namespace = '', name] = text.split('/');
  if (name === undefined) return { namespace: 'default', prefix: namespace };
  return { namespace: namespace === '' ? undefined : namespace, prefix: name };
}
