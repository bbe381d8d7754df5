import { isObject, numberOf, textOf, textsOf } from '../flow/json.js';

/** Addresses that a name stood for, as the DNS proxy saw the answer (Cilium's `DNS` message). */
export interface DnsAnswer {
  /** As it was asked for, in lower case, without the dot at its end. */
  name: string;
  addresses: readonly string[];
  /** Nanoseconds that it holds. */
  ttl: bigint;
}

const SECOND = 1_000_000_000;
/** Characters of a name (RFC 1035, 2.3.4) and of an address, and addresses of an answer: what is beyond is none. */
const LONGEST_NAME = 253;
const LONGEST_ADDRESS = 45;
const MOST_ADDRESSES = 64;

/** Out of the `l7` of a flow; undefined where it is no answer with addresses. */
export function readDnsAnswer(l7: unknown): DnsAnswer | undefined {
  if (!isObject(l7) || !isObject(l7['dns'])) return undefined;
  const { query, ips, ttl, rcode } = l7['dns'];
  const name = textOf(query).replace(/\.$/, '').toLowerCase();
  const addresses = textsOf(ips)
    .slice(0, MOST_ADDRESSES)
    .filter(({ length }) => length <= LONGEST_ADDRESS);
  if (name === '' || name.length > LONGEST_NAME || addresses.length === 0 || numberOf(rcode) !== 0)
    return undefined;
  const seconds = Math.min(Math.max(0, Math.trunc(numberOf(ttl))), 0xffff_ffff);
  return { name, addresses, ttl: BigInt(seconds) * BigInt(SECOND) };
}
