import { isObject, objectOf } from '../flow/json.js';
import type { RecordedFlow } from '../flow/flow.js';
import { Refusal, shown, type Criterion } from './criterion.js';
import { readMembers } from './members.js';

const flags = {
  FIN: 'boolean',
  SYN: 'boolean',
  RST: 'boolean',
  PSH: 'boolean',
  ACK: 'boolean',
  URG: 'boolean',
  ECE: 'boolean',
  CWR: 'boolean',
  NS: 'boolean',
} as const;

type TcpFlags = { [flag in keyof typeof flags]?: true };

/** `--tcp-flags syn,ack`: all of these are set, others may be too. */
export const tcpFlags: Criterion<TcpFlags> = {
  field: 'tcp_flags',
  flags: [
    {
      name: 'tcp-flags',
      describe: 'TCP flags that are all set, comma-separated: fin, syn, rst, psh, ack, urg, ece, cwr, ns',
      value: readWord,
    },
  ],
  read: (value) => readMembers(value, flags),
  test(wanted) {
    const sets = wanted.map((set) => Object.keys(set));
    return (flow) => {
      const { protocol, tcpFlags } = flow.traits;
      if (protocol !== 'TCP') return false;
      const set = tcpFlags.split(',');
      return sets.some((wanted) =>
        wanted.length === 0 ? tellsFlags(flow) : wanted.every((flag) => set.includes(flag)),
      );
    };
  },
};

function readWord(word: string): TcpFlags {
  const names = word.toUpperCase().split(',');
  const unknown = names.find((name) => !Object.hasOwn(flags, name));
  if (unknown === undefined) return Object.fromEntries(names.map((name) => [name, true]));
  throw new Refusal(`${shown(unknown)} is none of ${Object.keys(flags).join(', ').toLowerCase()}`);
}

/** A set of no flags asks only that the record tells of flags at all. */
function tellsFlags({ json }: RecordedFlow): boolean {
  return isObject(objectOf(objectOf(json['l4'])['TCP'])['flags']);
}
