import { invalidFilter } from '../errors.js';
import type { Criterion } from './criterion.js';
import { anyOf, namePattern } from './name-pattern.js';

const ANY = '[-_0-9a-z]+(?:\\.[-_0-9a-z]+)*';

/** `--node-name`: the node that observed the flow. A part that is missing is any; a node without a cluster is in `default`. */
export const nodeName: Criterion = {
  name: 'node-name',
  describe: 'node, cluster/node, cluster/ or /node that observed the flow, with * for any part of a name',
  parse(values) {
    const isWanted = anyOf(values.map(readPattern));
    return ({ node }) => node !== '' && isWanted(node.includes('/') ? node : `default/${node}`);
  },
};

function readPattern(value: string): string {
  const parts = value.split('/');
  if (parts.length > 2) throw invalidFilter('node-name', `"${value}" has more than one slash`);
  const [cluster = '', node = ''] = parts.length === 1 ? ['', ...parts] : parts;
  const patternOf = (part: string) => (part === '' ? ANY : namePattern('node-name', part));
  return `${patternOf(cluster)}/${patternOf(node)}`;
}
