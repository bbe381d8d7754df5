import { onEndpoint, type SidedCriterion } from './criterion.js';
import { anyOf, namePattern } from './name-pattern.js';

/** `--fqdn`: names that the observing node knew for the address, not names asked for in DNS. */
export const fqdn: SidedCriterion = {
  name: 'fqdn',
  describe: 'DNS name of the address, with * for any part of it',
  parse(values) {
    const isWanted = anyOf(values.map((value) => namePattern('fqdn', value)));
    return onEndpoint((endpoint) =>
      endpoint.names.some((name) => isWanted(name.trim().replace(/\.$/, '').toLowerCase())),
    );
  },
};
