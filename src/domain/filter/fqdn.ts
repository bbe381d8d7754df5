import { RE2JS } from 're2js';
import { invalidFilter } from '../errors.js';
import { onEndpoint, type SidedCriterion } from './criterion.js';

/**
 * `--fqdn`: names that the observing node knew for the address, not names asked for in DNS. `*`
 * stands for any letters, digits, dashes and dots.
 */
export const fqdn: SidedCriterion = {
  name: 'fqdn',
  describe: 'DNS name of the address, with * for any part of it',
  parse(values) {
    const patterns = values.map(compile);
    return onEndpoint((endpoint) =>
      endpoint.names.some((name) => {
        const plain = name.trim().replace(/\.$/, '').toLowerCase();
        return patterns.some((pattern) => pattern.matches(plain));
      }),
    );
  },
};

function compile(value: string): RE2JS {
  const pattern = value.trim().replace(/\.$/, '').toLowerCase();
  if (!/^[-.0-9a-z*]+$/.test(pattern)) {
    throw invalidFilter('fqdn', `"${value}" has other characters than a DNS name and *`);
  }
  return RE2JS.compile(pattern.replaceAll('.', '\\.').replaceAll('*', '[-.0-9a-z]*'));
}
