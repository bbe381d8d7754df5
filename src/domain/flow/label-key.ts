/** A key may name its source, as Cilium's labels do: `k8s:app`. */
const SOURCE = /^[a-z0-9][-.a-z0-9]*:/;
/** Labels of a namespace, which Cilium gives to its pods. */
const OF_NAMESPACE = 'io.cilium.k8s.namespace.labels.';
const LONGEST_NAME = 63;
const LONGEST_PREFIX = 253;
const NAME = /^[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Why no label can have this key; undefined where one can.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function labelKeyProblem(key: string): string | undefined {
  const source = SOURCE.exec(key)?.[0] ?? '';
  const strange = key.slice(source.length).search(/[^-_./A-Za-z0-9]/);
  if (strange >= 0) {
    const character = String.fromCodePoint(key.codePointAt(source.length + strange) ?? 0);
    return `no key of a label has ${JSON.stringify(character)}, its character ${source.length + strange + 1}`;
  }
  const own = key.slice(source.length);
  const [name = '', prefix, ...more] = (own.startsWith(OF_NAMESPACE) ? own.slice(OF_NAMESPACE.length) : own)
    .split('/')
    .reverse();
  if (more.length > 0) return 'the key of a label has one slash at most';
  if (name === '') return 'the key of a label is missing';
  if (name.length > LONGEST_NAME)
    return `the name of a label has at most ${LONGEST_NAME} characters, not ${name.length}`;
  if (!NAME.test(name)) return 'the name of a label begins and ends with a letter or a digit';
  if (prefix === undefined) return undefined;
  if (prefix.length > LONGEST_PREFIX)
    return `the prefix of a label has at most ${LONGEST_PREFIX} characters, not ${prefix.length}`;
  const isDns = prefix.split('.').every((part) => DNS_LABEL.test(part));
  return isDns ? undefined : 'the prefix of a label, in front of the slash, is a DNS name in lower case';
}
