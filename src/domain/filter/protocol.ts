import { invalidFilter } from '../errors.js';
import type { Flow } from '../flow/flow.js';
import type { Criterion } from './criterion.js';

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

/** `--protocol`: of layer 4 or 7, in any case; `icmp` is both versions. */
export const protocol: Criterion = {
  name: 'protocol',
  describe: 'tcp, udp, sctp, icmp, icmpv4, icmpv6, vrrp, igmp, dns, http or kafka',
  parse(values) {
    const tests = values.map((value) => readProtocol(value.toLowerCase()));
    return (flow) => tests.some((test) => test(flow));
  },
};

function readProtocol(value: string): (flow: Flow) => boolean {
  if (value === 'icmp') return (flow) => flow.traits.protocol.startsWith('ICMP');
  const name = l4.get(value);
  if (name !== undefined) return (flow) => flow.traits.protocol === name;
  if (l7.includes(value)) return (flow) => flow.l7?.kind === value;
  throw invalidFilter('protocol', `"${value}" is none of ${[...l4.keys(), 'icmp', ...l7].join(', ')}`);
}
