import { rcodeOf, rcodes } from '../flow/rcodes.js';
import { readText, Refusal, shown, type Criterion } from './criterion.js';
import { onL7Text } from './l7-text.js';
import { findsAny, MOST_PATTERNS, readPattern } from './pattern.js';

/** The name asked for in DNS, as it was written: RE2, not anchored. Hubble has the field but no flag for it. */
export const dnsQuery: Criterion<string> = {
  field: 'dns_query',
  flags: [
    { name: 'dns-query', describe: 'regular expression (RE2) found anywhere in the name asked for in DNS' },
  ],
  most: MOST_PATTERNS,
  read: readPattern,
  test(patterns) {
    return onL7Text('query', findsAny(patterns));
  },
};

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
