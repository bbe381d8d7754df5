import type { L7 } from './flow.js';

/** Names of DNS response codes by number. https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6 */
export const rcodes: readonly string[] = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];

/** How a DNS server answered; undefined where it did not: a question has no code, and NOERROR, 0, is not written. */
export function rcodeOf(l7: L7 | undefined): number | undefined {
  if (l7?.dns === undefined || (l7.type !== 'RESPONSE' && l7.dns.rcode === 0)) return undefined;
  return l7.dns.rcode;
}
