import { isObject, numberOf, textOf } from '../flow/json.js';
import { mentions } from '../flow/recorded-flow.js';
import type { Criterion } from './criterion.js';
import { readMembers } from './members.js';

interface NetworkInterface {
  index?: number;
  name?: string;
}

/** `--interface`: the name of the interface on which the flow was seen; raw filters can give its index. */
export const networkInterface: Criterion<NetworkInterface> = {
  field: 'interface',
  flags: [
    {
      name: 'interface',
      describe: 'name of the network interface on which the flow was seen',
      value: (name) => ({ name }),
    },
  ],
  read: (value) => readMembers(value, { index: 'number', name: 'text' }),
  test(wanted) {
    return (flow) => {
      const seen = mentions(flow, 'interface') ? flow.json['interface'] : undefined;
      if (!isObject(seen)) return false;
      const [index, name] = [numberOf(seen['index']), textOf(seen['name'])];
      return wanted.some((asked) => (asked.index ?? index) === index && (asked.name ?? name) === name);
    };
  },
};
