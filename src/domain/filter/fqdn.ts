import { onEndpoint, readText, type SidedCriterion } from './criterion.js';
import { anyOf, MOST_NAMES, namePattern } from './name-pattern.js';

/**
 * `--fqdn`: names that the observing node knew for the address, not names asked for in DNS. As in Hubble, only the
 * pattern is put into lower case and loses its last dot: a name that has either is not found by it.
 */
export const fqdn: SidedCriterion<string> = {
  field: 'fqdn',
  most: MOST_NAMES,
  flag: { name: 'fqdn', describe: 'DNS name of the address, with * for any part of it' },
  read(value) {
    const text = readText(value);
    namePattern(text);
    return text;
  },
  test(names) {
    const isWanted = anyOf(names.map(namePattern));
    return onEndpoint((endpoint) => endpoint.names.some(isWanted));
  },
};
