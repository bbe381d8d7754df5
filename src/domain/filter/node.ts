import { once, readText, Refusal, shown, type Criterion } from './criterion.js';
import { parseLabelSelector, readLabelSelector } from './label-selector.js';
import { anyOf, MOST_NAMES, namePattern } from './name-pattern.js';

const ANY = '[-_0-9a-z]+(?:\\.[-_0-9a-z]+)*';

/** `--node-name`: the node that observed the flow. A part that is missing is any; a node without a cluster is in `default`. */
export const nodeName: Criterion<string> = {
  field: 'node_name',
  most: MOST_NAMES,
  flags: [
    {
      name: 'node-name',
      describe: 'node, cluster/node, cluster/ or /node that observed the flow, with * for any part of a name',
    },
  ],
  read(value) {
    const text = readText(value);
    patternOf(text);
    return text;
  },
  test: nodePatterns,
};

/** Whether the node that something is from has one of these names. */
export function nodePatterns(names: readonly string[]): (from: { node: string }) => boolean {
  const isWanted = anyOf(names.map(patternOf));
  return ({ node }) => node !== '' && isWanted(node.includes('/') ? node : `default/${node}`);
}

/** `--node-label`: the labels of that node. */
export const nodeLabel: Criterion<string> = {
  field: 'node_labels',
  flags: [{ name: 'node-label', describe: 'label selector for the node that observed the flow' }],
  read: readLabelSelector,
  test(selectors) {
    const parsed = selectors.map(parseLabelSelector);
    const judged = once<readonly string[]>((labels) => parsed.some((selects) => selects(labels)));
    return ({ nodeLabels }) => judged(nodeLabels);
  },
};

function patternOf(value: string): string {
  const parts = value.split('/');
  if (parts.length > 2) throw new Refusal(`${shown(value)} has more than one slash`);
  const [cluster = '', node = ''] = parts.length === 1 ? ['', ...parts] : parts;
  const pattern = (part: string) => (part === '' ? ANY : namePattern(part));
  return `${pattern(cluster)}/${pattern(node)}`;
}
