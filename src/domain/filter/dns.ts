import { RE2JS } from 're2js';
import { dnsName } from '../flow/dns-name.js';
import { rcodeOf, rcodes } from '../flow/rcodes.js';
import { readText, Refusal, shown, type Criterion } from './criterion.js';
import { onL7Text } from './l7-text.js';
import { MOST_PATTERNS, readPattern } from './pattern.js';

/**
 * The name asked for in DNS: RE2, not anchored, in any case and with or without the last dot, as names are written
 * either way. Hubble has the field but no flag for it, and goes by the spelling.
 */
export const dnsQuery: Criterion<string> = {
  field: 'dns_query',
  flags: [
    { name: 'dns-query', describe: 'regular expression (RE2) found anywhere in the name asked for in DNS' },
  ],
  most: MOST_PATTERNS,
  read: readPattern,
  test(patterns) {
    const finds = patterns.map((pattern) => findsName(pattern));
    return onL7Text('query', (name) => finds.some((isFound) => isFound(name)));
  },
};

/** Whether a pattern is found in one of the spellings of a name; throws what RE2 says of a wrong one. */
export function findsName(pattern: string): (name: string) => boolean {
  const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  return (text) => {
    const name = dnsName(text);
    return compiled.test(name) || (text !== '' && compiled.test(`${name}.`));
  };
}

/** How a DNS server answered; a question has no code, and NOERROR is not written. */
export const dnsRcode: Criterion<number> = {
  field: 'dns-rcode',
  flags: [{ name: 'dns-rcode', describe: 'code of a DNS answer: a name such as NXDOMAIN, or its number' }],
  read(value) {
    const text = readText(value);
    const number = /^\d{1,5}$/.test(text) ? Number(text) : rcodes.indexOf(text.toUpperCase());
    if (number >= 0) return number;
    throw new Refusal(`${shown(value)} is neither a number nor one of ${rcodes.join(', ')}`);
  },
  test(codes) {
    const wanted = new Set(codes);
    return ({ l7 }) => {
      const rcode = rcodeOf(l7);
      return rcode !== undefined && wanted.has(rcode);
    };
  },
};
