import type { Flow } from '../flow/flow.js';
import { readText, Refusal, shown, type Criterion } from './criterion.js';

const l4 = new Map([
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['sctp', 'SCTP'],
  ['icmpv4', 'ICMPv4'],
  ['icmpv6', 'ICMPv6'],
  ['vrrp', 'VRRP'],
  ['igmp', 'IGMP'],
]);
const l7 = ['dns', 'http', 'kafka'];
const names = [...l4.keys(), 'icmp', ...l7];

/** `--protocol`: of layer 4 or 7, in any case; `icmp` is both versions. */
export const protocol: Criterion<string> = {
  field: 'protocol',
  flags: [
    {
      name: 'protocol',
      describe: 'tcp, udp, sctp, icmp, icmpv4, icmpv6, vrrp, igmp, dns, http or kafka',
    },
  ],
  read(value) {
    const name = readText(value);
    if (names.includes(name.toLowerCase())) return name;
    throw new Refusal(`${shown(value)} is none of ${names.join(', ')}`);
  },
  test(protocols) {
    const tests = protocols.map((name) => testOf(name.toLowerCase()));
    return (flow) => tests.some((test) => test(flow));
  },
};

function testOf(name: string): (flow: Flow) => boolean {
  if (name === 'icmp') return (flow) => flow.traits.protocol.startsWith('ICMP');
  const protocol = l4.get(name);
  if (protocol !== undefined) return (flow) => flow.traits.protocol === protocol;
  return (flow) => flow.l7?.kind === name;
}
