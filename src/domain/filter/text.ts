import { Sought } from '../flow/sought.js';
import { readText, type Criterion } from './criterion.js';

/** Words anywhere in what a flow says, in any case: in its texts and numbers, not in the names of its fields. */
export const text: Criterion<string> = {
  field: 'text',
  most: 100,
  flags: [{ name: 'text', describe: 'found anywhere in the texts and numbers of a flow, in any case' }],
  read: readText,
  test(values) {
    const sought = new Sought(values);
    return (flow) => flow.says(sought);
  },
};
