import { ipVersions } from '../flow/enums.js';
import { refuseUnlessOn, type Criterion } from './criterion.js';
import { EnumValues } from './enum-value.js';

const values = new EnumValues('IP version', ipVersions.entries());

/** `--ip-version`, `--ipv4`, `--ipv6`. Hubble takes any word it does not know for `none`; a misspelt one is refused here. */
export const ipVersion: Criterion<string | number> = {
  field: 'ip_version',
  flags: [
    {
      name: 'ip-version',
      describe: 'none, v4 or v6',
      value: (word) => names.get(word.toLowerCase()) ?? word,
    },
    { name: 'ipv4', describe: 'IPv4 only', isSwitch: true, value: switchTo('IPv4') },
    { name: 'ipv6', describe: 'IPv6 only', isSwitch: true, value: switchTo('IPv6') },
  ],
  read: (value) => values.read(value),
  test(versions) {
    const wanted = new Set(versions.map((version) => values.inFlow(version)));
    return (flow) => wanted.has(flow.traits.ipVersion);
  },
};

const names = new Map([
  ['none', 'IP_NOT_USED'],
  ...['4', 'v4', 'ip4', 'ipv4'].map((word) => [word, 'IPv4'] as const),
  ...['6', 'v6', 'ip6', 'ipv6'].map((word) => [word, 'IPv6'] as const),
]);

function switchTo(version: string): (word: string) => string {
  return (word) => {
    refuseUnlessOn(word);
    return version;
  };
}
