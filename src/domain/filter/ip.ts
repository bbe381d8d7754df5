import ipaddr from 'ipaddr.js';
import { invalidFilter } from '../errors.js';
import { onEndpoint, type SidedCriterion } from './criterion.js';

/** `--ip`: an address, compared as text, or a CIDR that contains it. */
export const ip: SidedCriterion = {
  name: 'ip',
  describe: 'address or CIDR',
  parse(values) {
    const wanted = values.map(readAddress);
    return onEndpoint((endpoint) => endpoint.ip !== '' && wanted.some((matches) => matches(endpoint.ip)));
  },
};

function readAddress(value: string): (ip: string) => boolean {
  if (!value.includes('/')) {
    if (!isAddress(value)) throw invalidFilter('ip', `"${value}" is neither an address nor a CIDR`);
    return (ip) => ip === value;
  }
  if (!ipaddr.isValidCIDR(value) || !isAddress(value.slice(0, value.indexOf('/')))) {
    throw invalidFilter('ip', `"${value}" is no CIDR such as 10.0.0.0/8 or fd00::/8`);
  }
  const [range, bits] = ipaddr.parseCIDR(value);
  return (ip) => {
    if (!ipaddr.isValid(ip)) return false;
    const address = ipaddr.parse(ip);
    return address.kind() === range.kind() && address.match(range, bits);
  };
}

/** The library also takes octal and short forms such as 010.1, which nobody means. */
function isAddress(value: string): boolean {
  return value.includes(':') ? ipaddr.IPv6.isValid(value) : ipaddr.IPv4.isValidFourPartDecimal(value);
}
