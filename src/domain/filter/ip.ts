import ipaddr from 'ipaddr.js';
import { objectOf, textOf } from '../flow/json.js';
import { mentions } from '../flow/recorded-flow.js';
import { onEndpoint, readText, Refusal, shown, type Criterion, type SidedCriterion } from './criterion.js';

/** `--ip`: an address, compared as text, or a CIDR that contains it. */
export const ip: SidedCriterion<string> = {
  field: 'ip',
  flag: { name: 'ip', describe: 'address or CIDR' },
  read: readAddress,
  test(addresses) {
    const holds = anyOf(addresses);
    return onEndpoint((endpoint) => endpoint.ip !== '' && holds(endpoint.ip));
  },
};

/** `--snat-ip`: the source address that the packet left with. */
export const snatIp: Criterion<string> = {
  field: 'source_ip_xlated',
  flags: [{ name: 'snat-ip', describe: 'address or CIDR of the source after SNAT' }],
  read: readAddress,
  test(addresses) {
    const holds = anyOf(addresses);
    return (flow) => {
      if (!mentions(flow, 'source_xlated', 'sourceXlated')) return false;
      const { source_xlated, sourceXlated } = objectOf(flow.json['IP']);
      const address = textOf(source_xlated ?? sourceXlated);
      return address !== '' && holds(address);
    };
  },
};

function readAddress(value: unknown): string {
  const text = readText(value);
  const slash = text.indexOf('/');
  if (text.length > LONGEST_ADDRESS || !isAddress(slash < 0 ? text : text.slice(0, slash))) {
    throw new Refusal(`${shown(value)} is neither an address nor a CIDR`);
  }
  if (slash >= 0 && !ipaddr.isValidCIDR(text)) {
    throw new Refusal(`${shown(value)} is no CIDR such as 10.0.0.0/8 or fd00::/8`);
  }
  return text;
}

const LONGEST_ADDRESS = 60;

/** The library also takes octal and short forms such as 010.1, which nobody means. */
function isAddress(text: string): boolean {
  return text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
}

function anyOf(addresses: readonly string[]): (ip: string) => boolean {
  const exact = new Set(addresses);
  const ranges = addresses.filter((text) => text.includes('/')).map((text) => ipaddr.parseCIDR(text));
  return (ip) => {
    if (exact.has(ip)) return true;
    if (ranges.length === 0 || !ipaddr.isValid(ip)) return false;
    const address = ipaddr.parse(ip);
    return ranges.some(([range, bits]) => address.kind() === range.kind() && address.match(range, bits));
  };
}
